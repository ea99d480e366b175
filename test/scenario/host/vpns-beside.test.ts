/** VPNs whose rules stand before ours: their own packets go on when the line dies. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dumpHost } from '../../lab/host/dump.ts'
import { breakLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { target6 } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'
import {
  backAfterFailovers,
  followers,
  median,
  tailscaleMark,
  tailscaleRules,
  waitForFollowers,
  wgQuick,
} from './foreign-rules.ts'

test('over IPv6 too', async () => {
  await using house = await House.open({ topology: 'two-interfaces', ipv6: true })
  const { host } = house.lab
  await host.ip(tailscaleRules(5210), 'inet6')
  await waitFor(async () => (await followers(house, '-6')).length > 1, {
    deadlineMs: 10_000,
    what: 'rules of IPv6 that follow',
  })
  const stream = await host.startStream({ mark: tailscaleMark, target: target6 })
  const fault = await breakLine(house, { wan: 1, kind: 'upstream-silent' })
  await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 10_000 })
  await stream.stop()
  await host.ip(tailscaleRules(5210, 'del'), 'inet6')
})

test('ours go with Tailscale’s, follow them to other priorities, and leave the host as it was', async () => {
  await using house = await House.open({ topology: 'two-interfaces', withDaemon: false })
  const { host } = house.lab
  await host.ip(tailscaleRules(5210))
  const before = await dumpHost(host)
  house.start()
  await house.waitUntilUp()
  await waitForFollowers(house, /5208:.*\n.*5209:.*lookup 100/)
  await host.ip([...tailscaleRules(5210, 'del'), ...tailscaleRules(1310)])
  await waitForFollowers(
    house,
    /^1308:.* lookup main suppress_prefixlength 0 (.|\n)*1309:.*lookup 100 .*$/,
  )
  assert.ok(!(await followers(house)).some((line) => line.startsWith('5')))
  await host.ip(tailscaleRules(1310, 'del'))
  await waitForFollowers(house, /^$/)
  await host.ip(tailscaleRules(5210))
  await waitForFollowers(house, /5209:/)
  assert.equal(await house.daemon.stop(), 0)
  assert.equal(await dumpHost(host), before)
  house.startAgain()
  await house.waitUntilUp()
  await waitForFollowers(house, /5209:/)
  await house.daemon.end('SIGKILL')
  const done = await house.folder.command('cleanup')
  assert.equal(done.code, 0, done.err)
  assert.equal(await dumpHost(host), before)
  await host.ip(tailscaleRules(5210, 'del'))
})

const withoutWgQuick = [
  'rule del not fwmark 51820 table 51820',
  'rule del table main suppress_prefixlength 0',
  'link del wg0',
]

test('wg-quick’s own packets follow the failover where the tunnel was up before us', async (t) => {
  await using house = await House.open({ topology: 'two-interfaces', withDaemon: false })
  const { host } = house.lab
  await host.ip(wgQuick)
  house.start()
  await house.daemon.waitForLine(/observing only.*wg0/, { deadlineMs: 20_000 })
  await house.mqtt.publish('mode/set', 'automatic')
  await house.waitUntilUp()
  const gaps = await backAfterFailovers(house, 51_820, 1)
  t.diagnostic(`back after ${gaps.map(Math.round).join(', ')} ms`)
  assert.ok(median(gaps) <= 2_000, `a median of ${median(gaps)} ms`)
  assert.deepEqual(await followers(house), [])
  await house.daemon.stop()
  await host.ip(withoutWgQuick)
})

test('what cannot be followed is named in peace, and with the line that it dies with', async () => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { host } = house.lab
  await host.ip(['rule add pref 300 from 192.168.0.77 lookup main'])
  await house.daemon.waitForLine(/rule 300 from 192\.168\.0\.77\/32 lookup 254 .*now primary/, {
    deadlineMs: 10_000,
  })
  const checked = await house.folder.command('check')
  assert.match(checked.out, /HINT .*rule 300 .*priority above 10999/)
  await breakLine(house, { wan: 1, kind: 'upstream-silent' })
  const state = await house.mqtt.waitForState(
    ({ problems }) => problems.some((text) => /rule 300 .*still sends .*by primary/.test(text)),
    { deadlineMs: 10_000, what: 'the rule among the problems' },
  )
  assert.match(state.wans['primary']?.reason ?? '', /the packets of the rule 300 .*die with it/)
  await host.ip(['rule del pref 300'])
})
