/** The checks can fail: each finds the plan that is broken in its way. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { everyPair } from './every-pair.ts'
import { nftFaults, planFaults } from './plan-checks.ts'
import type { PlanView } from './planned.ts'

type Rule = PlanView['rules'][number]
type Route = PlanView['routes'][number]

const sound = firstClosed()

test('a sound plan has no faults', () => {
  assert.deepEqual(planFaults(sound), [])
  assert.deepEqual(planFaults(following({})), [])
})

const withRules = (change: (rules: readonly Rule[]) => readonly Rule[]): PlanView => ({
  ...sound,
  rules: change(sound.rules),
})
const withRoute = (change: Partial<Route>): PlanView => ({
  ...sound,
  routes: sound.routes.map((route, i) => (i === 0 ? { ...route, ...change } : route)),
})
const changed = (priority: number, change: Partial<Rule>) =>
  withRules((rules) =>
    rules.map((rule) => (rule.priority === priority ? { ...rule, ...change } : rule)),
  )
const without = (priority: number) =>
  withRules((rules) => rules.filter((rule) => rule.priority !== priority))
const toTable = (table: number) =>
  ({ action: { kind: 'lookup', table, suppressPrefixLength: null } }) as const
/** Another program's two rules, and one of ours that follows the second. */
function following(change: Partial<Rule>): PlanView {
  const [any] = sound.rules
  if (any === undefined) throw new Error('a plan without rules')
  const mark = { value: 7, mask: 0xff }
  const theirs: Rule = { ...any, priority: 5210, protocol: 3, mark }
  const ours: Rule = { ...any, ...toTable(254), priority: 5208, mark, ...change }
  return {
    ...sound,
    otherRules: [{ ...theirs, priority: 5209, mark: null }, theirs],
    rules: [ours, ...sound.rules],
  }
}
const [closedUse] = sound.uses.filter(({ wans }) => wans.length < sound.wans.length)

const broken: readonly (readonly [string, PlanView, RegExp])[] = [
  ['a rule twice', withRules((rules) => [...rules, ...rules.slice(-1)]), /^twice: /],
  ['another protocol', changed(10_000, { protocol: 3 }), /^not of our protocol: /],
  ['a priority below ours', changed(9900, { priority: 9899 }), /^not in our priorities, /],
  ["another's priority", following({ priority: 5209 }), /^at another's priority: /],
  ["another's packets", following({ incoming: 'eth7' }), /^not in our priorities, /],
  ['a table of nobody', following(toTable(77)), /^asks nobody's table: /],
  ['rules out of order', withRules((rules) => rules.toReversed()), /^out of order: /],
  ['a lookup of main', changed(10_010, toTable(254)), /^asks nobody's table: /],
  ['a group that leaves the house', without(9990), /^what is for everybody .*9990/],
  ['a broadcast that leaves', changed(9991, toTable(100)), /^what is for everybody .*9991/],
  ['a probe that falls through', without(9901), /^nothing closes .*9900/],
  ['a pin that falls through', without(10_011), /^nothing closes .*10010/],
  ['a policy that leaks', without((closedUse?.priority ?? 0) + 1), /^no unreachable at ipv4 /],
  ['a default policy that leaks', without(10_901), /^no unreachable at ipv4 10901/],
  ['a list that is closed for nothing', { ...sound, defaultUse: names() }, /^closes a list /],
  ["a route in nobody's table", withRoute({ table: 254 }), /^in nobody's table: /],
  ['a route of another protocol', withRoute({ protocol: 2 }), /^not of our protocol: /],
  ['a route twice', withRoute(sound.routes[1] ?? {}), /^in the place of another: /],
  ['nft that is cut off', { ...sound, nft: sound.nft?.slice(0, -3) ?? null }, /never closed/],
]

for (const [what, view, fault] of broken) {
  test(`found out: ${what}`, () => {
    assert.ok(
      planFaults(view).some((text) => fault.test(text)),
      planFaults(view).join('\n'),
    )
  })
}

const tables: readonly (readonly [string, string])[] = [
  ['  chain a {\n    goto b\n  }', 'nft: no chain b'],
  ['  chain a {\n    tcp dport vmap { 1 : jump b, 2 : accept }\n  }', 'nft: no chain b'],
  ['  map m { elements = { 1.1.1.1 : goto b }; }', 'nft: no chain b'],
  ['  chain a {\n    ip saddr @s accept\n  }', 'nft: no set s'],
  ['  chain a {\n    counter name "c.d"\n  }', 'nft: no counter c.d'],
  ['  chain a {\n  }\n  chain a {\n  }', 'nft: two of chain a'],
  ['  }', 'nft: a brace is closed that was never opened'],
  [
    `  map m { elements = { 1.1.1.1 : goto c }; }
  chain a {
    ip saddr vmap @m
  }
  chain c {
    tcp dport 1 accept
  }
  chain b {
    type filter hook forward priority 0; policy accept;
    meta l4proto tcp jump a
  }`,
    'nft: chain c accepts for others too',
  ],
]

test('found out: a table that names what it has not', () => {
  for (const [lines, fault] of tables) {
    assert.deepEqual(nftFaults(`table inet t {\n${lines}\n}\n`), [fault])
  }
})

function names(): string[] {
  return sound.wans.map(({ name }) => name)
}

/** A plan that has something for each check. */
function firstClosed(): PlanView {
  for (const { plan } of everyPair()) {
    const { uses, wans, defaultUse, nft, routes } = plan.view
    const isClosed = (list: readonly string[]) => list.length < wans.length
    const hasUse = uses.some((use) => isClosed(use.wans))
    if (hasUse && isClosed(defaultUse) && nft !== null && routes.length > 1) return plan.view
  }
  throw new Error('no plan fails closed')
}
