/** VPNs whose rules stand before ours: their own packets go on when the line dies. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dumpHost } from '../../lab/host/dump.ts'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { target, target6 } from '../../lab/network/plan.ts'
import { MachineLag } from '../../machine-lag.ts'
import { waitFor } from '../../wait-for.ts'

const lag = new MachineLag()

/** What Tailscale's router sets up in kernel mode, in both families. */
const tailscaleRules = (first: number, verb = 'add') => [
  `rule ${verb} pref ${first} fwmark 0x80000/0xff0000 lookup main`,
  `rule ${verb} pref ${first + 20} fwmark 0x80000/0xff0000 lookup default`,
  `rule ${verb} pref ${first + 40} fwmark 0x80000/0xff0000 unreachable`,
  `rule ${verb} pref ${first + 60} lookup 52`,
]
const tailscaleMark = 0x80000

type Rounds = Pick<House, 'lab' | 'mqtt'>

/**
 * Milliseconds from each failover's fault to the first answer by the other WAN, without what the
 * machine was late.
 */
async function backAfterFailovers(house: Rounds, mark: number, rounds: number): Promise<number[]> {
  const stream = await house.lab.host.startStream({ mark })
  const found: number[] = []
  for (let round = 0; round < rounds; round++) {
    await stream.waitForWan(1, { afterMs: 0, deadlineMs: 5_000 })
    const fault = await breakLine(house, { wan: 1, kind: 'upstream-silent' })
    const moved = await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 10_000 })
    const tookMs = moved.answer.atMs - fault.afterMs
    found.push(Math.max(0, tookMs - lag.allowanceMs(fault.afterMs, moved.answer.atMs)))
    const mended = await mendLine(house, 1)
    await stream.waitForWan(1, { afterMs: mended.beforeMs, deadlineMs: 10_000 })
  }
  await stream.stop()
  return found
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Ours that stand before all others, of one family. */
async function followers(house: House, family: '-4' | '-6' = '-4'): Promise<string[]> {
  const rules = await house.lab.host.run('ip', family, 'rule', 'show')
  const lines = rules.split('\n').filter((line) => /^\d{1,4}:.* proto 201/.test(line))
  return lines.filter((line) => Number(line.split(':')[0]) < 9900)
}

function waitForFollowers(house: House, expected: RegExp): Promise<unknown> {
  return waitFor(async () => expected.test((await followers(house)).join('\n')), {
    deadlineMs: 10_000,
    what: `rules that follow, like ${String(expected)}`,
  })
}

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
  await using house = await House.open({ topology: 'two-interfaces', waitUntilUp: false })
  const { host } = house.lab
  await house.daemon.stop()
  await host.ip(tailscaleRules(5210))
  const before = await dumpHost(host)
  house.startAgain()
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

/** As wg-quick does it: without priorities, so the kernel puts each before all others but `local`. */
const wgQuick = [
  'tuntap add wg0 mode tun',
  'link set wg0 up',
  'route add default dev wg0 table 51820',
  'rule add not fwmark 51820 table 51820',
  'rule add table main suppress_prefixlength 0',
]
const withoutWgQuick = [
  'rule del not fwmark 51820 table 51820',
  'rule del table main suppress_prefixlength 0',
  'link del wg0',
]

test('wg-quick’s own packets follow the failover where the tunnel was up before us', async (t) => {
  await using house = await House.open({ topology: 'two-interfaces', waitUntilUp: false })
  const { host } = house.lab
  await house.daemon.stop()
  await host.ip(wgQuick)
  house.startAgain()
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
