/** The add-on's AppArmor profile, enforced by Debian's stock kernel. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { allowed, Guest, sources } from './guest.ts'

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
# The add-on may not load modules: Home Assistant OS has them there.
modprobe -a wireguard tun
`
/** A house's daemon under the profile; what makes its house and judges it is the machine's own. */
const confinedDaemon = [
  ...['--chdir=/app', 'CI=true', 'TMPDIR=/data', `WAN_FAILOVER_LAB_SLOWNESS=${allowed(1)}`],
  'WAN_FAILOVER_LAB_STARTER=aa-exec --profile wan_failover --',
]
/** One of each kind, of those that an emulated processor isn't too slow for. */
const work = [
  ['a failover', 'lines/failover', 'DNS that is dead'],
  ['a start and a stop', 'host/clean-host', 'after the stop'],
  ['a pair, with keepalived', 'pair/takeovers', 'a daemon that is killed'],
  ['a tunnel, by the kernel’s WireGuard', 'tunnel/roaming', 'silent'],
] as const
const isDenial = (line: string) => /apparmor="DENIED".*profile="wan_failover"/.test(line)

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
  assert.ok(!isDenial(await guest.run('dmesg')))
})

for (const [what, file, names] of work) {
  test(`the daemon does its whole work under it, and nothing is denied: ${what}`, async () => {
    await guest.run('dmesg', '--clear')
    const words = ['node', '--test', `--test-name-pattern=${names}`]
    const place = `test/scenario/${file}.test.ts`
    const { code, text } = await guest.try('env', ...confinedDaemon, ...words, place)
    const denied = (await guest.run('dmesg')).split('\n').filter(isDenial)
    assert.deepEqual(denied, [])
    assert.equal(code, 0, text)
    assert.match(text, /^ℹ pass [1-9]/m)
  })
}

for (const [what, words] of forbidden) {
  test(`it is denied what the profile has not: it ${what}`, async () => {
    const confined = ['--profile', 'wan_failover', '--', 'sh', '-c', words]
    const { code, text } = await guest.try('aa-exec', ...confined)
    assert.notEqual(code, 0)
    assert.match(text, /Permission denied/)
    await guest.run('sh', '-c', words)
  })
}
