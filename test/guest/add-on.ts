/** The add-on's places in a guest, and its AppArmor profile, which Debian's stock kernel enforces. */
import { type Guest, sources } from './guest.ts'

/** The image's places: its own Node and none beside the code. */
export async function layOutAddOn(guest: Guest): Promise<void> {
  await guest.script(`
    mkdir -p /app /data
    mount --bind ${sources} /app
    # Else the next mount would cover the same folder of the sources.
    mount --make-private /app
    mount -t tmpfs tmpfs /app/node_modules/.bin
    touch /usr/local/bin/node
    mount --bind "$(readlink -f ${sources}/node_modules/.bin/node)" /usr/local/bin/node
    apparmor_parser --replace ${sources}/apparmor.txt
  `)
}

/** What the profile has forbidden since the kernel's log was cleared. */
export async function denials(guest: Guest): Promise<readonly string[]> {
  const isDenial = (line: string) => /apparmor="DENIED".*profile="wan_failover"/.test(line)
  return (await guest.run('dmesg')).split('\n').filter(isDenial)
}
