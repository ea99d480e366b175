import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { HostState } from '../../src/model/host.ts'
import { priorities, priorityRange } from '../../src/model/marks.ts'
import type { Settings } from '../../src/model/settings/settings.ts'
import { desiredState } from '../../src/network/desired-state.ts'
import { plan, planText } from '../../src/report/plan.ts'
import { bothFamilies } from '../examples/both-families.ts'
import { type ExampleLink, exampleHost, oneSubnet } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { kernelRules } from '../examples/example-rule.ts'
import { exampleSettings, exampleWan } from '../examples/example-settings.ts'
import { wantedOn } from '../examples/wanted-on.ts'

const eth0: ExampleLink = { name: 'eth0', addresses: ['192.168.0.3/24'] }
const stick: ExampleLink = { name: 'usb0', addresses: ['192.168.8.100/24'] }
const onStick = exampleWan(1, { gateway: '192.168.8.1', interface: 'usb0', metered: true })
const lanAndStick = exampleSettings({ wans: [exampleWan(0, { interface: 'eth0' }), onStick] })
const lanAndStickHost = exampleHost(
  [eth0, stick],
  [exampleRoute('default via 192.168.0.1 dev eth0')],
)

const dualStack = exampleHost(
  [
    { name: 'eth0', addresses: ['192.168.1.2/24', '2001:db8:1::2/64', '2001:db8:1::77/64'] },
    { name: 'eth1', addresses: ['192.168.2.2/24', '2001:db8:2::2/64', 'fe80::2/64'] },
  ],
  [
    exampleRoute('default via fe80::1 dev eth0', { family: 'ipv6', destination: '::/0' }),
    exampleRoute('default -6 via fe80::2 dev eth1 metric 2048'),
  ],
)
const dualStackSettings = exampleSettings({
  wans: [
    exampleWan(0, { gateway: '192.168.1.1', gateway6: 'auto', interface: 'eth0' }),
    exampleWan(1, { gateway: '192.168.2.1', gateway6: 'auto', interface: 'eth1' }),
  ],
})

const eightWans = exampleSettings({
  wans: Array.from({ length: 8 }, (_, index) => exampleWan(index)),
})
const withoutIpv6 = (host: HostState): HostState => ({
  ...host,
  ipv6: false,
  rules: kernelRules.filter(({ family }) => family === 'ipv4'),
})

function text(settings: Settings, host: HostState, active: string | null): string {
  const wanted = wantedOn(host, settings, active)
  return planText(plan(desiredState(wanted), wanted))
}

/** Compared with the text that is kept beside this file. */
function isAsKept(context: TestContext, value: string): void {
  context.assert.snapshot(value, { serializers: [String] })
}

const eightHost = exampleHost([{ name: 'eth0', addresses: ['192.168.0.100/24'] }])

describe('the plan', () => {
  test('for two gateways on one subnet', (context) => {
    isAsKept(context, text(exampleSettings(), withoutIpv6(oneSubnet), 'primary'))
  })

  test('for two interfaces in both families', (context) => {
    isAsKept(context, text(dualStackSettings, dualStack, 'secondary'))
  })

  test('for a LAN on the primary’s subnet and an LTE stick', (context) => {
    isAsKept(context, text(lanAndStick, withoutIpv6(lanAndStickHost), 'primary'))
  })

  test('for a default policy that may not use every WAN', (context) => {
    const settings = { ...lanAndStick, defaultPolicy: { use: ['primary'], balance: false } }
    isAsKept(context, text(settings, withoutIpv6(lanAndStickHost), 'primary'))
  })

  test('for eight WANs', (context) => {
    isAsKept(context, text(eightWans, withoutIpv6(eightHost), 'wan7'))
  })
})

describe('the rules', () => {
  const rulesOf = (settings: Settings, host: HostState, active: string | null) =>
    desiredState(wantedOn(host, settings, active)).rules

  test('lie in our priorities, ascending, each unreachable with one of its own', () => {
    const rules = rulesOf(eightWans, oneSubnet, 'primary')
    const ours = rules.map(({ priority }) => priority)
    assert.deepEqual(
      ours,
      ours.toSorted((a, b) => a - b),
    )
    assert.ok(ours.every((one) => one >= priorityRange.first && one <= priorityRange.last))
    for (const rule of rules.filter(({ action }) => action.kind === 'unreachable')) {
      const same = rules.filter(
        ({ priority, family }) => priority === rule.priority && family === rule.family,
      )
      assert.equal(same.length, 1)
      const before = rules.find(
        ({ priority, family }) => priority === rule.priority - 1 && family === rule.family,
      )
      assert.equal(before?.action.kind, 'lookup')
    }
  })

  test('never differ from one decision to the other but in the last lookup', () => {
    const one = rulesOf(eightWans, oneSubnet, 'primary')
    const two = rulesOf(eightWans, oneSubnet, 'third')
    const changed = two.filter((rule, i) => JSON.stringify(rule) !== JSON.stringify(one[i]))
    assert.deepEqual(
      changed.map(({ priority, family }) => `${family} ${priority}`),
      ['ipv4 10900', 'ipv6 10900'],
    )
  })

  test('fail closed for the pins in both families, also where a WAN has no IPv6', () => {
    const rules = rulesOf(exampleSettings(), oneSubnet, 'primary')
    const closed = rules.filter(({ action }) => action.kind === 'unreachable')
    const ipv6 = closed.filter(({ family }) => family === 'ipv6').map(({ priority }) => priority)
    assert.ok(ipv6.includes(priorities.wanMark(0) + 1))
    assert.ok(!closed.some(({ priority }) => priority > priorities.defaultPolicy))
  })

  test('stop everything where the default policy may use no WAN', () => {
    const settings = exampleSettings({ defaultPolicy: { use: [], balance: false } })
    const last = rulesOf(settings, withoutIpv6(oneSubnet), null).at(-1)
    assert.deepEqual([last?.priority, last?.action], [10901, { kind: 'unreachable' }])
  })

  test('leave out IPv6 where the kernel has none', () => {
    const rules = rulesOf(exampleSettings(), withoutIpv6(oneSubnet), 'primary')
    assert.ok(rules.every(({ family }) => family === 'ipv4'))
  })

  test('by the WAN’s own address are there only where the link is its own', () => {
    const byAddress = (settings: Settings, host: HostState) =>
      rulesOf(settings, host, 'primary').flatMap(({ from }) => from ?? [])
    assert.deepEqual(byAddress(exampleSettings(), oneSubnet), [])
    assert.deepEqual(byAddress(lanAndStick, lanAndStickHost), [
      '192.168.0.3/32',
      '192.168.8.100/32',
    ])
  })
})

describe('the routes', () => {
  const routesOf = (routes: readonly string[], settings = exampleSettings()) => {
    const host = exampleHost(
      [eth0],
      routes.map((route) => exampleRoute(route)),
    )
    return desiredState(wantedOn(host, settings, 'primary')).routes.map(
      ({ table, destination, nextHops }) =>
        `${table} ${destination} ${nextHops.map(({ gateway }) => gateway).join()}`,
    )
  }
  const always = ['100 192.168.0.0/24 ', '100 0.0.0.0/0 192.168.0.1'] as const
  const alwaysOther = ['101 192.168.0.0/24 ', '101 0.0.0.0/0 192.168.0.2'] as const

  test('copy what main knows, but no default, no multicast, nothing by another WAN’s gateway', () => {
    const routes = routesOf([
      'default via 192.168.0.1 dev eth0',
      '224.0.0.0/4 dev eth0',
      '239.1.0.0/16 dev eth0',
      '10.1.0.0/16 via 192.168.0.2 dev eth0',
    ])
    const expected = [...always, '101 192.168.0.0/24 ', '101 10.1.0.0/16 192.168.0.2']
    assert.deepEqual(routes, [...expected, '101 0.0.0.0/0 192.168.0.2'])
  })

  test('lead to the links before they lead by a gateway, or the kernel refuses them', () => {
    const routes = routesOf(['10.0.0.0/8 via 192.168.0.9 dev eth0', '192.168.7.0/24 dev eth0'])
    assert.deepEqual(routes.slice(0, 4), [
      '100 192.168.0.0/24 ',
      '100 192.168.7.0/24 ',
      '100 10.0.0.0/8 192.168.0.9',
      '100 0.0.0.0/0 192.168.0.1',
    ])
  })

  test('of error types and link-local ones are not copied', () => {
    const host = exampleHost(
      [eth0],
      [
        exampleRoute('10.9.0.0/16', { type: 'unreachable' }),
        exampleRoute('fe80::/64 dev eth0'),
        exampleRoute('ff00::/8 dev eth0'),
      ],
    )
    const { routes } = desiredState(wantedOn(host, exampleSettings(), 'primary'))
    const found = routes.map(({ table, destination }) => `${table} ${destination}`)
    assert.deepEqual(
      found,
      [...always, ...alwaysOther].map((line) => line.split(' ', 2).join(' ')),
    )
  })

  test('keep the default while the carrier is lost, and drop it while the link is off', () => {
    const defaultsWith = (link: Partial<ExampleLink>) =>
      desiredState(
        wantedOn(exampleHost([{ ...eth0, ...link }]), exampleSettings(), 'primary'),
      ).routes.filter(({ destination }) => destination === '0.0.0.0/0').length
    assert.equal(defaultsWith({ noCarrier: true }), 2)
    assert.equal(defaultsWith({ down: true }), 0)
  })

  test('say onlink where the gateway is in no network of the link', () => {
    const host = exampleHost(
      [{ name: 'eth0', addresses: ['203.0.113.9/32'] }],
      [exampleRoute('default via 10.99.0.1 dev eth0 onlink')],
    )
    const wans = [exampleWan(0, { gateway: 'auto', interface: 'eth0' }), exampleWan(1)]
    const { routes } = desiredState(wantedOn(host, exampleSettings({ wans }), 'primary'))
    const hop = { gateway: '10.99.0.1', link: 'eth0', weight: 1, onlink: true }
    assert.deepEqual(
      routes.map(({ nextHops }) => nextHops),
      [[hop]],
    )
  })
})

describe('the nft table', () => {
  const nftOf = (host: HostState, settings: Settings) =>
    desiredState(wantedOn(host, settings, 'primary')).nft ?? ''

  test('is not there where no WAN has a link', () => {
    const settings = exampleSettings({ wans: [exampleWan(0), exampleWan(1)] })
    assert.equal(desiredState(wantedOn(exampleHost([]), settings, null)).nft, null)
  })

  test('translates nothing with `nat: never`, and the whole LAN with `nat: always`', () => {
    const never = nftOf(oneSubnet, exampleSettings({ nat: 'never' }))
    assert.ok(!never.includes('masquerade') && !never.includes('leaks'))
    const always = nftOf(oneSubnet, exampleSettings({ nat: 'always' }))
    assert.match(always, /nexthop 192\.168\.0\.1 ip saddr != \{ 192\.168\.0\.3 \} masquerade/)
    const auto = nftOf(oneSubnet, exampleSettings())
    assert.match(auto, /nexthop 192\.168\.0\.1 ip saddr != \{ 192\.168\.0\.0\/24 \} masquerade/)
  })

  test('with `nat: auto` masquerades the LAN on both WANs where one is a stick', () => {
    const auto = nftOf(lanAndStickHost, lanAndStick)
    assert.match(auto, /"eth0" rt ip nexthop 192\.168\.0\.1 ip saddr != \{ 192\.168\.0\.3 \} masq/)
    assert.match(
      auto,
      /"usb0" rt ip nexthop 192\.168\.8\.1 ip saddr != \{ 192\.168\.8\.100 \} masq/,
    )
  })

  test('goes on masquerading the LAN while the stick is unplugged', () => {
    const without = nftOf(exampleHost([eth0]), lanAndStick)
    assert.match(
      without,
      /"eth0" rt ip nexthop 192\.168\.0\.1 ip saddr != \{ 192\.168\.0\.3 \} masq/,
    )
  })

  test('knows a network once, however many privacy addresses lie in it', () => {
    const ipv6 = nftOf(dualStack, dualStackSettings)
    assert.match(
      ipv6,
      /"eth0" rt ip6 nexthop fe80::1 ip6 saddr != \{ 2001:db8:1::\/64, fe80::\/10 \}/,
    )
  })

  test('keeps the wider one of two networks that overlap', () => {
    const wide = exampleHost([{ name: 'eth0', addresses: ['192.168.0.3/24', '192.168.4.1/16'] }])
    assert.match(nftOf(wide, exampleSettings()), /saddr != \{ 192\.168\.0\.0\/16 \}/)
  })

  test('pins the translated flows of kept WANs, and marks by which WAN each flow leaves', () => {
    const script = (kept: readonly string[] | null, active = 'primary') => {
      const flows = {
        kept: bothFamilies(kept ?? []),
        cut: bothFamilies([]),
        canMark: kept !== null,
      }
      return desiredState({ ...wantedOn(lanAndStickHost, lanAndStick, active), flows }).nft ?? ''
    }
    const pin = /ct direction original ct mark & 0xff000000 == (0x0\d000000) meta mark set/g
    const pinned = (text: string) => [...new Set([...text.matchAll(pin)].map(([, mark]) => mark))]
    const [first, second] = lanAndStick.wans.map(({ name }) => name)
    const both = [first ?? '', second ?? '']
    assert.deepEqual(pinned(script(both)), ['0x02000000'], 'the first carries all anyway')
    assert.deepEqual(pinned(script(both, 'secondary')), ['0x01000000'])
    assert.deepEqual(pinned(script([second ?? ''])), ['0x02000000'])
    assert.match(script([]), /"usb0" .* ct mark set ct mark & 0x00ffffff \| 0x02000000/)
    assert.ok(!script(null).includes('ct mark set'), 'this kernel can not')
  })
})
