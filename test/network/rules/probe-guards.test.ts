import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostState, Rule } from '../../../src/model/host.ts'
import { probeMark } from '../../../src/model/marks.ts'
import { desiredState } from '../../../src/network/desired-state.ts'
import { walk } from '../../../src/network/routes/route-walk.ts'
import { describeRule } from '../../../src/network/rules/rule-text.ts'
import { exampleHost } from '../../examples/example-host.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { exampleRule, kernelRules, lookUp } from '../../examples/example-rule.ts'
import { exampleSettings, exampleWan } from '../../examples/example-settings.ts'
import { wantedOn } from '../../examples/wanted-on.ts'

const settings = exampleSettings({
  wans: [
    exampleWan(0, { gateway: '10.1.0.1', interface: 'wan1' }),
    exampleWan(1, { gateway: '10.2.0.1', interface: 'wan2' }),
  ],
})

const ownMark = { value: 0xca6c, mask: 0xffffffff }

/** wg-quick's two rules, the first at this priority. */
function wgQuick(first: number): Rule[] {
  return [
    exampleRule(first, { action: lookUp(254, 0) }),
    exampleRule(first + 1, { mark: ownMark, other: 'not', action: lookUp(51820) }),
  ]
}

function hostWith(rules: readonly Rule[], tunnel = 'default dev wg0 table 51820'): HostState {
  const all = [...kernelRules, ...rules].toSorted((a, b) => a.priority - b.priority)
  const links = [
    { name: 'wan1', addresses: ['10.1.0.2/24'] },
    { name: 'wan2', addresses: ['10.2.0.2/24'] },
    { name: 'wg0' },
  ]
  const routes = [
    exampleRoute('default via 10.1.0.1 dev wan1 metric 100'),
    exampleRoute('default via 10.2.0.1 dev wan2 metric 200'),
    exampleRoute(tunnel),
  ]
  return exampleHost(links, routes, { rules: all })
}

function guardsOn(host: HostState): string[] {
  const { rules } = desiredState(wantedOn(host, settings, 'secondary'))
  return rules.filter(({ priority }) => priority < 9900).map(describeRule)
}

test('before a tunnel’s rule that came later the probes have rules of their own', () => {
  assert.deepEqual(guardsOn(hostWith(wgQuick(9898))), [
    'rule 9896 fwmark 0x9000000/0xff000000 lookup 100',
    'rule 9896 iif lo ipproto udp sport 61000-61099 lookup 100',
    'rule 9896 iif lo ipproto tcp sport 61000-61099 lookup 100',
    'rule 9896 fwmark 0xa000000/0xff000000 lookup 101',
    'rule 9896 iif lo ipproto udp sport 61100-61199 lookup 101',
    'rule 9896 iif lo ipproto tcp sport 61100-61199 lookup 101',
    'rule 9897 fwmark 0x9000000/0xff000000 unreachable',
    'rule 9897 iif lo ipproto udp sport 61000-61099 unreachable',
    'rule 9897 iif lo ipproto tcp sport 61000-61099 unreachable',
    'rule 9897 fwmark 0xa000000/0xff000000 unreachable',
    'rule 9897 iif lo ipproto udp sport 61100-61199 unreachable',
    'rule 9897 iif lo ipproto tcp sport 61100-61199 unreachable',
  ])
})

test('so they leave by their WAN, the tunnel’s own by the decision, all else by the tunnel', () => {
  const host = hostWith(wgQuick(9898))
  const desired = desiredState(wantedOn(host, settings, 'secondary'))
  const rules = [...host.rules, ...desired.rules]
  const full = { rules, routes: [...host.routes, ...desired.routes] }
  const wayOf = (mark: number) =>
    walk(full, { family: 'ipv4', target: '1.1.1.1', mark }).nextHop?.link
  const ways = [probeMark(0), probeMark(1), ownMark.value, 0].map(wayOf)
  assert.deepEqual(ways, ['wan1', 'wan2', 'wan2', 'wg0'])
})

const unguarded: readonly (readonly [string, HostState])[] = [
  ['a tunnel’s rule behind ours', hostWith(wgQuick(32_764))],
  ['one that leads to a few networks', hostWith(wgQuick(9898), '10.9.0.0/16 dev wg0 table 51820')],
  [
    'one for everybody, whose own packets have no way',
    hostWith([exampleRule(9899, { action: lookUp(51820) })]),
  ],
  ['one that has no priority before it', hostWith(wgQuick(1))],
  [
    'one behind another that takes the probes too',
    hostWith([...wgQuick(9898), exampleRule(9897, { words: 'uidrange 0-0', action: lookUp(7) })]),
  ],
]
for (const [name, host] of unguarded) {
  test(`${name} is left as it is`, () => assert.deepEqual(guardsOn(host), []))
}
