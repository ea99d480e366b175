import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HostState, Route, Rule } from '../../../src/model/host.ts'
import { desiredState } from '../../../src/network/desired-state.ts'
import { diff } from '../../../src/network/diff/diff.ts'
import { walk } from '../../../src/network/routes/route-walk.ts'
import { followedBypasses } from '../../../src/network/rules/followers.ts'
import { isOurRule } from '../../../src/network/rules/rule-operations.ts'
import { describeRule } from '../../../src/network/rules/rule-text.ts'
import type { Wanted } from '../../../src/network/wanted.ts'
import { bothFamilies } from '../../examples/both-families.ts'
import { exampleDecision } from '../../examples/example-decision.ts'
import { exampleHost } from '../../examples/example-host.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { exampleRule, kernelRules, lookUp } from '../../examples/example-rule.ts'
import { examplePolicy, exampleSettings, exampleWan } from '../../examples/example-settings.ts'
import { wantedOn } from '../../examples/wanted-on.ts'
import { Random } from '../../random.ts'

const settings = exampleSettings({
  wans: [
    exampleWan(0, { gateway: '10.1.0.1', interface: 'wan1' }),
    exampleWan(1, { gateway: '10.2.0.1', interface: 'wan2' }),
  ],
})

function hostWith(rules: readonly Rule[], routes: readonly Route[] = []): HostState {
  const all = [...kernelRules, ...rules].toSorted((a, b) => a.priority - b.priority)
  const lines = [
    exampleRoute('default via 10.1.0.1 dev wan1 metric 100'),
    exampleRoute('default via 10.2.0.1 dev wan2 metric 200'),
    exampleRoute('default via 10.1.0.1 dev wan1 table 77'),
    exampleRoute('default via 10.2.0.1 dev wan2 table 78'),
    exampleRoute('10.66.0.0/16 dev wg0'),
  ]
  const links = [
    { name: 'wan1', addresses: ['10.1.0.2/24'] },
    { name: 'wan2', addresses: ['10.2.0.2/24'] },
    { name: 'wg0' },
  ]
  return exampleHost(links, [...lines, ...routes], { rules: all })
}

const tailscaleMark = { value: 0x80000, mask: 0xff0000 }
const tailscale = (['ipv4', 'ipv6'] as const).flatMap((family) => [
  exampleRule(5210, { family, protocol: 0, mark: tailscaleMark }),
  exampleRule(5230, { family, protocol: 0, mark: tailscaleMark, action: lookUp(253) }),
  exampleRule(5250, {
    family,
    protocol: 0,
    mark: tailscaleMark,
    action: { kind: 'unreachable' },
  }),
  exampleRule(5270, { family, protocol: 0, action: lookUp(52) }),
])

/** What stands before all others of ours. */
function followersOf(wanted: Wanted): string[] {
  const { rules } = desiredState(wanted)
  return rules.filter(({ priority }) => priority < 9900).map(describeRule)
}

describe('before the rules of Tailscale in kernel mode', () => {
  test('two of ours lead its packets by the WAN in use, and main keeps what is near', () => {
    assert.deepEqual(followersOf(wantedOn(hostWith(tailscale), settings, 'secondary')), [
      'rule 5208 fwmark 0x80000/0xff0000 lookup 254 suppress_prefixlength 0',
      'rule 5208 to 224.0.0.0/4 fwmark 0x80000/0xff0000 lookup 254',
      'rule 5208 to 255.255.255.255/32 fwmark 0x80000/0xff0000 lookup 254',
      'IPv6 rule 5208 fwmark 0x80000/0xff0000 lookup 254 suppress_prefixlength 0',
      'rule 5209 fwmark 0x80000/0xff0000 lookup 101',
      'IPv6 rule 5209 fwmark 0x80000/0xff0000 lookup 101',
    ])
  })

  test('they fail closed where the policy may not use every WAN', () => {
    const closed = { ...settings, defaultPolicy: { use: ['primary'], balance: false } }
    const rules = followersOf(wantedOn(hostWith(tailscale.slice(0, 4)), closed, 'primary'))
    assert.deepEqual(
      rules.filter((rule) => !rule.includes(' to ')),
      [
        'rule 5207 fwmark 0x80000/0xff0000 lookup 254 suppress_prefixlength 0',
        'rule 5208 fwmark 0x80000/0xff0000 lookup 100',
        'rule 5209 fwmark 0x80000/0xff0000 unreachable',
      ],
    )
  })

  test('a policy for no Internet at all stops them', () => {
    const none = { ...settings, defaultPolicy: { use: [], balance: false } }
    const rules = followersOf(wantedOn(hostWith(tailscale.slice(0, 4)), none, null))
    assert.equal(rules.at(-1), 'rule 5209 fwmark 0x80000/0xff0000 unreachable')
  })

  test('where nothing is decided yet there is nothing to follow', () => {
    assert.deepEqual(followersOf(wantedOn(hostWith(tailscale), settings, null)), [])
  })

  test('main’s default may be gone with its line', () => {
    const host = hostWith(tailscale)
    const routes = host.routes.filter(({ destination }) => destination !== '0.0.0.0/0')
    const rules = followersOf(wantedOn({ ...host, routes }, settings, 'secondary'))
    assert.ok(rules.includes('rule 5209 fwmark 0x80000/0xff0000 lookup 101'))
  })
})

describe('the WAN is that of', () => {
  const policies: readonly (readonly [
    string,
    Partial<ReturnType<typeof examplePolicy>>,
    string,
  ])[] = [
    ['a policy for everybody', {}, '101'],
    ['a policy for the host', { from: [{ kind: 'host' }] }, '101'],
    ['a policy for all its addresses', { from: [{ kind: 'address', cidr: '10.0.0.0/8' }] }, '101'],
    [
      'the default, past one of its addresses',
      { from: [{ kind: 'address', cidr: '10.1.0.2' }] },
      '100',
    ],
    ['the default, past a device', { from: [{ kind: 'mac', mac: '02:00:00:00:00:01' }] }, '100'],
    ['the default, past ports', { protocol: 'tcp', ports: [{ first: 443, last: 443 }] }, '100'],
    ['the default, past destinations', { to: ['1.0.0.0/8'] }, '100'],
  ]
  for (const [name, changes, table] of policies) {
    test(name, () => {
      const policy = { ...examplePolicy('own', ['secondary', 'primary']), ...changes }
      const wanted = wantedOn(hostWith(tailscale), { ...settings, policies: [policy] }, 'primary')
      const decision = exampleDecision({ own: 'secondary', default: 'primary' })
      assert.match(
        followersOf({ ...wanted, decision }).join('\n'),
        new RegExp(`5209.*lookup ${table}`),
      )
    })
  }

  test('the test, where this machine is among its devices', () => {
    const testFailover = { durationMs: 1, devices: [{ kind: 'host' }] } as const
    const wanted = wantedOn(hostWith(tailscale), { ...settings, testFailover }, 'primary')
    const tested = new Map([['default', bothFamilies({ wan: 'secondary', reason: 'tested' })]])
    const decision = exampleDecision('primary', { tested })
    assert.match(followersOf({ ...wanted, decision }).join('\n'), /5209.*lookup 101/)
  })
})

describe('a rule of another program', () => {
  const mark = { value: 7, mask: 0xff }
  const other = { value: 8, mask: 0xff }
  /** Priorities of ours, `working`, or why not; null: it is none that goes past us. */
  const rows: readonly (readonly [string, readonly Rule[], string | null, Partial<Wanted>?])[] = [
    ['to a tunnel is not ours to lead', [exampleRule(100, { mark, action: lookUp(51820) })], null],
    [
      'to main without its default either',
      [exampleRule(100, { mark, action: lookUp(254, 0) })],
      null,
    ],
    ['to a network that main knows better', [exampleRule(100, { to: '10.66.7.0/24' })], null],
    ['behind ours comes too late', [exampleRule(20_000, { mark })], null],
    ['for everybody is seen where it takes the probes', [exampleRule(100)], null],
    ['with a mark is followed', [exampleRule(100, { mark })], '98 99'],
    ['for users is', [exampleRule(100, { words: 'uidrange 1000-1000' })], '98 99'],
    [
      'for ports of this machine is',
      [
        exampleRule(100, {
          incoming: 'lo',
          ipProtocol: 'udp',
          sourcePorts: { first: 41641, last: 41641 },
        }),
      ],
      '98 99',
    ],
    [
      'that chooses a WAN is left alone while that works',
      [exampleRule(100, { mark, action: lookUp(77) })],
      'working',
    ],
    [
      'that chooses a WAN is followed when that is down',
      [exampleRule(100, { mark, action: lookUp(77) })],
      '98 99',
      { down: { ipv4: ['primary'], ipv6: [] } },
    ],
    [
      'the other WAN’s death is nothing to it',
      [exampleRule(100, { mark, action: lookUp(77) })],
      'working',
      { down: { ipv4: ['secondary'], ipv6: ['primary'] } },
    ],
    [
      'that means the contrary is not',
      [exampleRule(100, { mark, other: 'not' })],
      'copy its "not"',
    ],
    ['that takes the probes is not', [exampleRule(100, { to: '1.1.1.0/24' })], 'take the probes'],
    [
      'with a mark that probes may have is not',
      [exampleRule(100, { mark: { value: 0, mask: 0xff } })],
      'take the probes',
    ],
    [
      'for root’s programs is not',
      [exampleRule(100, { words: 'uidrange 0-99' })],
      'take the probes',
    ],
    [
      'for a device is not',
      [exampleRule(100, { from: '10.66.0.9/32' })],
      'theirs is another policy',
    ],
    [
      'for what comes in somewhere is not',
      [exampleRule(100, { mark, incoming: 'wg0' })],
      'theirs is another policy',
    ],
    ['amid ours is not', [exampleRule(10_500, { mark })], 'midst of our rules'],
    ['without a free place before it is not', [exampleRule(2, { mark })], 'no priority is free'],
    [
      'behind another’s for packets of its own goes round it',
      [exampleRule(99, { mark: other, action: lookUp(5) }), exampleRule(100, { mark })],
      '97 98',
    ],
    [
      'behind another’s for the same packets is not',
      [exampleRule(99, { from: '10.0.0.0/8', action: lookUp(5) }), exampleRule(100, { mark })],
      'no priority is free',
    ],
    [
      'at the same priority as another’s is not',
      [exampleRule(100, { from: '10.0.0.0/8', action: lookUp(5) }), exampleRule(100, { mark })],
      'no priority is free',
    ],
    [
      'behind wg-quick’s first one goes before it',
      [exampleRule(99, { action: lookUp(254, 0) }), exampleRule(100, { mark })],
      '97 98',
    ],
    [
      'behind one that we follow goes before that',
      [exampleRule(99, { words: 'uidrange 5-5' }), exampleRule(100, { mark })],
      '97 98',
    ],
  ]
  for (const [name, rules, expected, changes] of rows) {
    test(name, () => {
      const wanted = { ...wantedOn(hostWith(rules), settings, 'secondary'), ...changes }
      const last = followedBypasses(wanted).find(({ rule }) => rule === rules.at(-1))
      const { following } = last ?? {}
      const found =
        following?.kind === 'followed'
          ? following.places.join(' ')
          : following?.kind === 'impossible'
            ? following.reason
            : (following?.kind ?? null)
      if (expected === null || found === null) assert.equal(found, expected)
      else assert.ok(found.includes(expected), found)
    })
  }
})

test('ours go with theirs, and come again before them at another priority', () => {
  const before = wantedOn(hostWith(tailscale), settings, 'primary')
  const { rules, routes } = desiredState(before)
  const standing = (own: readonly Rule[]) => ({
    ...hostWith([...own, ...rules]),
    routes: [...before.host.routes, ...routes],
  })
  const changes = (host: HostState) =>
    diff(desiredState({ ...before, host }), host, null).flatMap((change) =>
      'rule' in change && change.rule.family === 'ipv4' && change.rule.to === null
        ? [`${change.kind} ${describeRule(change.rule)}`]
        : [],
    )
  assert.deepEqual(changes(standing(tailscale)), [])
  const gone = [
    'delete_rule rule 5209 fwmark 0x80000/0xff0000 lookup 100',
    'delete_rule rule 5208 fwmark 0x80000/0xff0000 lookup 254 suppress_prefixlength 0',
  ]
  assert.deepEqual(changes(standing([])), gone)
  const moved = tailscale.map((rule) => ({ ...rule, priority: rule.priority - 3_900 }))
  assert.deepEqual(changes(standing(moved)), [
    'add_rule rule 1308 fwmark 0x80000/0xff0000 lookup 254 suppress_prefixlength 0',
    'add_rule rule 1309 fwmark 0x80000/0xff0000 lookup 100',
    ...gone,
  ])
  const flipped = wantedOn(standing(tailscale), settings, 'secondary')
  const flips = diff(desiredState(flipped), flipped.host, null).flatMap((change) =>
    'rule' in change && change.rule.family === 'ipv4'
      ? [`${change.kind} ${change.rule.priority}`]
      : [],
  )
  assert.deepEqual(flips, [
    'add_rule 5209',
    'add_rule 10272',
    'add_rule 10900',
    'delete_rule 10900',
    'delete_rule 10272',
    'delete_rule 5209',
  ])
})

test('whatever rules others have, theirs stay, and a packet of one that is followed is led', () => {
  let led = 0
  for (let seed = 1; seed <= 300; seed++) {
    const random = new Random(seed)
    const rules = Array.from({ length: random.below(7) + 1 }, () => randomRule(random))
    const distinct = [...new Map(rules.map((rule) => [describeRule(rule), rule])).values()]
    const host = hostWith(distinct)
    const wanted = wantedOn(host, settings, 'secondary')
    const desired = desiredState(wanted)
    const all = [...host.rules, ...desired.rules].toSorted((a, b) => a.priority - b.priority)
    const full = { rules: all, routes: [...host.routes, ...desired.routes] }
    const words = `seed ${seed}: ${host.rules.map(describeRule).join('; ')}`
    assert.equal(
      new Set(desired.rules.map((rule) => JSON.stringify(rule))).size,
      desired.rules.length,
    )
    const touched = diff(desired, { ...host, rules: all }, null).filter(
      (change) => 'rule' in change,
    )
    assert.deepEqual(touched, [], words)
    assert.ok(!host.rules.some(isOurRule), words)
    const followed = followedBypasses(wanted).filter(
      ({ following }) => following.kind === 'followed',
    )
    for (const { rule } of followed) {
      const packet = {
        family: 'ipv4',
        target: '93.184.216.34',
        mark: rule.mark?.value ?? 0,
      } as const
      const near = { ...packet, target: '10.66.1.2' }
      const before = walk(host, packet)
      const after = walk(full, packet)
      // What no rule of another program takes is ours anyway.
      const isOurs = (before.rule?.priority ?? 0) > 9_900
      const isTheirs = isOurs || followed.some((one) => one.rule === before.rule)
      const expected = isTheirs ? 'wan2' : before.nextHop?.link
      assert.equal(after.nextHop?.link, expected, words)
      assert.equal(walk(full, near).nextHop?.link, walk(host, near).nextHop?.link, words)
      if (isTheirs) led += 1
    }
  }
  assert.ok(led > 100, `only ${led} packets were led`)
})

function randomRule(random: Random): Rule {
  const mask = random.pick([0xff, 0xff0000])
  const value = (random.pick([1, 2]) * (mask === 0xff ? 1 : 0x10000)) >>> 0
  return exampleRule(random.below(12) + 95, {
    mark: random.chance(0.85) ? { value, mask } : null,
    from: random.chance(0.1) ? '10.66.0.9/32' : null,
    action: lookUp(
      ...random.pick<readonly [number, number?]>([[254], [254], [254], [254, 0], [77], [52]]),
    ),
  })
}
