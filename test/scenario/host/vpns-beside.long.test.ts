/**
 * VPNs whose rules stand before ours: their own packets go on when the line dies.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { target } from '../../lab/network/plan.ts'
import {
  backAfterFailovers,
  followers,
  median,
  tailscaleMark,
  tailscaleRules,
  waitForFollowers,
  wgQuick,
} from './foreign-rules.ts'

test('Tailscale’s own packets are back within two seconds of a failover, and home again', async (t) => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { host } = house.lab
  await host.ip(tailscaleRules(5210))
  await waitForFollowers(house, /5209:.*fwmark 0x80000\/0xff0000 lookup 100/)
  const gaps = await backAfterFailovers(house, tailscaleMark, 5)
  t.diagnostic(`back after ${gaps.map(Math.round).join(', ')} ms, median ${median(gaps)}`)
  assert.ok(median(gaps) <= 2_000, `a median of ${median(gaps)} ms`)
  const checked = await house.folder.command('check')
  assert.match(checked.out, /HINT .*rule 5210 .*\(Tailscale's\).*\(5208, 5209\).*follow/)
  await host.ip(tailscaleRules(5210, 'del'))
})

test('where the host may use one WAN only, Tailscale’s packets never come to the other', async () => {
  await using house = await House.open({
    topology: 'two-interfaces',
    options: { policies: [{ name: 'own', from: ['host'], use: ['primary'] }] },
  })
  const { host } = house.lab
  await host.ip(tailscaleRules(5210))
  await waitForFollowers(house, /5208:.*lookup 100 (.|\n)*5209:.*unreachable/)
  const stream = await host.startStream({ mark: tailscaleMark })
  await breakLine(house, { wan: 1, kind: 'upstream-silent' })
  await host.ip(['link set wan1 down'])
  const all = await host.startStream({ target: '192.0.2.1' }).catch(() => null)
  assert.equal(all, null)
  await stream.stop()
  const ways = new Set(stream.samples().flatMap(({ answer }) => answer?.wan ?? []))
  assert.deepEqual([...ways], [1])
  await host.ip([...tailscaleRules(5210, 'del'), 'link set wan1 up'])
})

test('NetBird’s own packets pass its rules and follow ours', async (t) => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { host } = house.lab
  await host.ip([
    'tuntap add wt0 mode tun',
    'link set wt0 up',
    'address add 100.90.0.1/16 dev wt0',
    'route add 100.91.0.0/16 dev wt0 table 7120',
    'rule add pref 105 lookup main suppress_prefixlength 0',
    'rule add pref 110 not fwmark 0x1bd00 lookup 7120',
  ])
  const gaps = await backAfterFailovers(house, 0x1bd00, 1)
  t.diagnostic(`back after ${gaps.map(Math.round).join(', ')} ms`)
  assert.ok(median(gaps) <= 2_000, `a median of ${median(gaps)} ms`)
  assert.deepEqual(await followers(house), [])
  await host.ip(['rule del pref 105', 'rule del pref 110', 'link del wt0'])
})

test('and where it came up later: its rules stand before ours, and take all but its own', async (t) => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { host } = house.lab
  await host.ip(wgQuick)
  const rules = await host.run('ip', 'rule', 'show')
  assert.match(rules, /9898:.*suppress(.|\n)*9899:\tnot from all fwmark/)
  await house.mqtt.waitForState(
    ({ problems }) =>
      problems.some((text) => /rule 9899 .*not.* takes this host's traffic/.test(text)),
    { deadlineMs: 10_000, what: 'the rule that takes the traffic' },
  )
  assert.match(await host.run('ip', 'route', 'get', target), /dev wg0/)
  await house.waitUntilUp()
  const gaps = await backAfterFailovers(house, 51_820, 1)
  t.diagnostic(`back after ${gaps.map(Math.round).join(', ')} ms`)
  assert.ok(median(gaps) <= 2_000, `a median of ${median(gaps)} ms`)
  await host.ip(['rule del pref 9898', 'rule del pref 9899', 'link del wg0'])
  await waitForFollowers(house, /^$/)
})

test('a rule that chooses a line is left alone while that works, and followed while it is down', async () => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { host } = house.lab
  await host.ip([
    'route add default via 10.1.0.1 table 77',
    'rule add pref 400 fwmark 0x7 lookup 77',
  ])
  await house.daemon.waitForLine(/rule 400 .*chooses primary/, { deadlineMs: 10_000 })
  assert.deepEqual(await followers(house), [])
  const stream = await host.startStream({ mark: 7 })
  const fault = await breakLine(house, { wan: 1, kind: 'upstream-silent' })
  await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 10_000 })
  const mended = await mendLine(house, 1)
  await stream.waitForWan(1, { afterMs: mended.beforeMs, deadlineMs: 10_000 })
  await waitForFollowers(house, /^$/)
  await stream.stop()
  await host.ip(['rule del pref 400', 'route flush table 77'])
})

test('strict reverse path filters spare this machine, and check has the command that spares devices', async () => {
  await using house = await House.open({
    topology: 'two-interfaces',
    options: {
      policies: [{ name: 'guest', from: ['192.168.0.150'], use: ['secondary', 'primary'] }],
    },
  })
  const { lab } = house
  const { host } = lab
  const links = ['all', 'wan1', 'wan2']
  const setAll = (name: string, value: number) =>
    host.script(
      links.map((link) => `echo ${value} > /proc/sys/net/ipv4/conf/${link}/${name}`).join('\n'),
    )
  const guestIsOnline = () =>
    lab
      .client(2)
      .startStream({ newFlows: true })
      .then(
        (stream) => stream.stop().then(() => true),
        () => false,
      )
  await host.ip(tailscaleRules(5210))
  await waitForFollowers(house, /5209:/)
  assert.ok(await guestIsOnline())
  await setAll('rp_filter', 1)
  assert.ok(!(await guestIsOnline()))
  await setAll('src_valid_mark', 1)
  assert.ok(!(await guestIsOnline()))
  const stream = await host.startStream({ mark: tailscaleMark })
  const fault = await breakLine(house, { wan: 1, kind: 'upstream-silent' })
  await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 10_000 })
  await stream.stop()
  await mendLine(house, 1)
  const checked = await house.folder.command('check')
  const command = /'(sysctl -w [^']*rp_filter=2)'/.exec(checked.out)?.[1] ?? 'false'
  await host.script(command)
  assert.ok(await guestIsOnline())
  await setAll('rp_filter', 0)
  await setAll('src_valid_mark', 0)
  await host.ip(tailscaleRules(5210, 'del'))
})
