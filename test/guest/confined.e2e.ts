/** The add-on's AppArmor profile, enforced by Debian's stock kernel. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { denials, layOutAddOn } from './add-on.ts'
import { allowed, Guest } from './guest.ts'

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
] as const
/** Words for a shell, each run as a program of the add-on's would be. */
const forbidden = [
  ['reads the host’s passwords', 'cat /etc/shadow'],
  ['writes where it has no business', 'echo >/etc/cron.d/mine'],
  ['runs others’ programs', '/usr/bin/id'],
  ['changes a setting of the kernel', 'echo 1 >/proc/sys/net/ipv4/ip_forward'],
] as const

const guest = await Guest.boot()
after(() => guest.close())
await layOutAddOn(guest)
await guest.script('mkdir -p /run/wan-failover')

test('the kernel enforces the profile', async () => {
  const profiles = await guest.run('cat', '/sys/kernel/security/apparmor/profiles')
  assert.match(profiles, /^wan_failover \(enforce\)$/m)
})

test('the add-on’s Node runs under it, and nothing of that is denied', async () => {
  const words = ['--profile', 'wan_failover', '--', 'sh', '-c', 'node --print "6 * 7"']
  assert.equal(await guest.run('aa-exec', ...words), '42')
  assert.deepEqual(await denials(guest), [])
})

for (const [what, file, names] of work) {
  test(`the daemon does its whole work under it, and nothing is denied: ${what}`, async () => {
    await guest.run('dmesg', '--clear')
    const words = ['node', '--test', `--test-name-pattern=${names}`]
    const place = `test/scenario/${file}.test.ts`
    const { code, text } = await guest.try('env', ...confinedDaemon, ...words, place)
    assert.deepEqual(await denials(guest), [])
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
