/** The add-on's AppArmor profile, enforced by Debian's stock kernel. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Guest, sources } from './guest.ts'

/** The image's places: its own Node and none beside the code. */
const layOut = `
mkdir -p /app /data /run/wan-failover
mount --bind ${sources} /app
# Else the next mount would cover the same folder of the sources.
mount --make-private /app
mount -t tmpfs tmpfs /app/node_modules/.bin
touch /usr/local/bin/node
mount --bind "$(readlink -f ${sources}/node_modules/.bin/node)" /usr/local/bin/node
apparmor_parser --replace ${sources}/apparmor.txt
`
/** Words for a shell, each run as a program of the add-on's would be. */
const forbidden = [
  ['reads the host’s passwords', 'cat /etc/shadow'],
  ['writes where it has no business', 'echo >/etc/cron.d/mine'],
  ['runs others’ programs', '/usr/bin/id'],
  ['changes a setting of the kernel', 'echo 1 >/proc/sys/net/ipv4/ip_forward'],
] as const

const guest = await Guest.boot()
after(() => guest.close())
await guest.script(layOut)

test('the kernel enforces the profile', async () => {
  const profiles = await guest.run('cat', '/sys/kernel/security/apparmor/profiles')
  assert.match(profiles, /^wan_failover \(enforce\)$/m)
})

test('the add-on’s Node runs under it, and nothing of that is denied', async () => {
  const words = ['--profile', 'wan_failover', '--', 'sh', '-c', 'node --print "6 * 7"']
  assert.equal(await guest.run('aa-exec', ...words), '42')
  assert.doesNotMatch(await guest.run('dmesg'), /apparmor="DENIED".*profile="wan_failover"/)
})

for (const [what, words] of forbidden) {
  test(`it is denied what the profile has not: it ${what}`, async () => {
    const confined = ['--profile', 'wan_failover', '--', 'sh', '-c', words]
    const { code, text } = await guest.try('aa-exec', ...confined)
    assert.notEqual(code, 0)
    assert.match(text, /Permission denied/)
    await guest.run('sh', '-c', words)
  })
}
