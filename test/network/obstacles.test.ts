import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HostState, Route, RouteAnswer, Rule } from '../../src/model/host.ts'
import { probeMark } from '../../src/model/marks.ts'
import { desiredState } from '../../src/network/desired-state.ts'
import { foreignRoutes, reasonsToObserve, takerOf } from '../../src/network/obstacles.ts'
import { walk } from '../../src/network/routes/route-walk.ts'
import { oneSubnet } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleRule, lookUp } from '../examples/example-rule.ts'
import { exampleSettings } from '../examples/example-settings.ts'
import { wantedOn } from '../examples/wanted-on.ts'

function withOthers(rules: readonly Rule[], routes: readonly Route[]): HostState {
  const all = [...oneSubnet.rules, ...rules].toSorted((a, b) => a.priority - b.priority)
  return { ...oneSubnet, rules: all, routes: [...oneSubnet.routes, ...routes] }
}

const wgQuick = withOthers(
  [
    exampleRule(32764, {
      mark: { value: 0xca6c, mask: 0xffffffff },
      other: 'not',
      action: lookUp(51820),
    }),
  ],
  [exampleRoute('default dev wg0 table 51820')],
)

describe('a reason to observe only', () => {
  const rows: readonly (readonly [string, HostState, readonly string[]])[] = [
    ['is not there on a plain host', oneSubnet, []],
    [
      'is wg-quick’s rule, which ours would stand before',
      wgQuick,
      [
        'the rule 32764 fwmark 0xca6c/0xffffffff not lookup 51820 sends everything into wg0 ' +
          '(a VPN such as wg-quick?)',
      ],
    ],
    [
      'is the same rule with two halves for a default',
      withOthers(
        [exampleRule(30000, { action: lookUp(7) })],
        [exampleRoute('0.0.0.0/1 dev tun1 table 7')],
      ),
      ['the rule 30000 lookup 7 sends everything into tun1 (a VPN such as wg-quick?)'],
    ],
    [
      'is OpenVPN’s two halves in main',
      withOthers(
        [],
        [
          exampleRoute('0.0.0.0/1 via 10.8.0.1 dev tun0'),
          exampleRoute('128.0.0.0/1 via 10.8.0.1 dev tun0'),
        ],
      ),
      ["main's route for 0.0.0.0/1 sends everything into tun0 (a VPN such as OpenVPN?)"],
    ],
    [
      'is an unreachable default in main',
      withOthers(
        [],
        [exampleRoute('default metric 4278198272', { type: 'unreachable', nextHops: [] })],
      ),
      ['main has a default route of type unreachable: nothing gets past it'],
    ],
    [
      'is not the unreachable default that the kernel itself puts there for IPv6',
      withOthers(
        [],
        [exampleRoute('default -6', { type: 'unreachable', protocol: 2, nextHops: [] })],
      ),
      [],
    ],
    [
      'is no rule for one user, one source or one interface',
      withOthers(
        [
          exampleRule(20000, { other: 'uidrange 1000-1000', action: lookUp(7) }),
          exampleRule(20001, { from: '10.0.0.9/32', action: lookUp(7) }),
          exampleRule(20002, { incoming: 'eth1', action: lookUp(7) }),
          exampleRule(20003, { mark: { value: 1, mask: 255 }, action: lookUp(7) }),
        ],
        [exampleRoute('default dev tun1 table 7')],
      ),
      [],
    ],
    [
      'is no rule before ours: it takes our probes, and that is seen there',
      withOthers(
        [exampleRule(5270, { action: lookUp(52) })],
        [exampleRoute('default dev tailscale0 table 52')],
      ),
      [],
    ],
    [
      'is no table that leads to a few networks only',
      withOthers(
        [exampleRule(30000, { action: lookUp(7) })],
        [exampleRoute('10.0.0.0/8 dev tun1 table 7')],
      ),
      [],
    ],
  ]
  for (const [name, host, expected] of rows) {
    test(name, () => assert.deepEqual(reasonsToObserve(host), expected))
  }
})

describe('a WAN’s probes', () => {
  const packet = { family: 'ipv4', target: '1.1.1.1', mark: probeMark(0) } as const

  /** The host with our rules and routes in place, and what the kernel would answer there. */
  function hijackOn(host: HostState): string | null {
    const wanted = wantedOn(host, exampleSettings(), 'primary')
    const { rules, routes } = desiredState(wanted)
    const all = [...host.rules, ...rules].toSorted((a, b) => a.priority - b.priority)
    const full = { ...host, rules: all, routes: [...host.routes, ...routes] }
    const { nextHop, route } = walk(full, packet)
    const answer: RouteAnswer = { nextHop, table: route?.table ?? 0, source: null }
    const [uplink] = wanted.uplinks
    assert.ok(uplink !== undefined)
    const taker = takerOf(uplink, { answer, packet, host: full })
    return taker === null ? null : `${taker.rule} its probes ${taker.where}`
  }

  test('leave by their own table on a plain host', () => {
    assert.equal(hijackOn(oneSubnet), null)
  })

  test('are taken by Tailscale’s exit node, and its rule is named', () => {
    const tailscale = withOthers(
      [exampleRule(5270, { protocol: 3, action: lookUp(52) })],
      [exampleRoute('default dev tailscale0 table 52')],
    )
    assert.equal(
      hijackOn(tailscale),
      "the rule 5270 lookup 52 (a VPN's?) takes its probes to tailscale0 (no gateway, table 52)",
    )
  })

  test('are taken by wg-quick’s rules where no rule of ours fits before them', () => {
    const mark = { value: 0xca6c, mask: 0xffffffff }
    const late = withOthers(
      [exampleRule(1, { protocol: 3, mark, other: 'not', action: lookUp(51820) })],
      [exampleRoute('default dev wg0 table 51820')],
    )
    assert.equal(
      hijackOn(late),
      "the rule 1 fwmark 0xca6c/0xffffffff not lookup 51820 (a VPN's?) takes its probes to wg0 " +
        '(no gateway, table 51820)',
    )
  })

  test('are taken by a copy of main’s more narrow route, and the route is named', () => {
    const halves = withOthers([], [exampleRoute('0.0.0.0/1 via 10.8.0.1 dev tun0')])
    assert.equal(
      hijackOn(halves),
      "the route for 0.0.0.0/1 (a VPN's?) takes its probes to tun0 (10.8.0.1, table 100)",
    )
    const byThird = withOthers([], [exampleRoute('1.1.1.1/32 via 192.168.0.77 dev eth0')])
    assert.match(
      hijackOn(byThird) ?? '',
      /1\.1\.1\.1\/32 \(a VPN's\?\) takes its probes to eth0 \(192\.168\.0\.77/,
    )
  })

  test('are not taken where the target is on the link itself', () => {
    const onLink = withOthers([], [exampleRoute('1.1.1.0/24 dev eth0')])
    assert.equal(hijackOn(onLink), null)
  })

  test('that go nowhere are not taken by anybody', () => {
    const answer: RouteAnswer = { nextHop: null, table: 0, source: null }
    const [uplink] = wantedOn(oneSubnet, exampleSettings(), 'primary').uplinks
    assert.ok(uplink !== undefined)
    assert.equal(takerOf(uplink, { answer, packet, host: oneSubnet }), null)
  })
})

test('routes of others in a WAN’s table are found, ours are not', () => {
  const seed = exampleRoute('default via 192.168.0.1 dev eth0 table 100')
  const ours = exampleRoute('10.0.0.0/8 dev eth0 table 100', { protocol: 201 })
  const elsewhere = exampleRoute('10.0.0.0/8 dev eth0 table 52')
  assert.deepEqual(foreignRoutes([100, 101], withOthers([], [seed, ours, elsewhere])), [seed])
})
