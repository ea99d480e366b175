import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { families } from '../../../src/model/address.ts'
import type { DockerFilter, HostState, Route, Rule } from '../../../src/model/host.ts'
import { ourProtocol } from '../../../src/model/marks.ts'
import { desiredState, nothing } from '../../../src/network/desired-state.ts'
import type { Change, ChangeOf } from '../../../src/network/diff/change.ts'
import { type Applied, diff, nowApplied } from '../../../src/network/diff/diff.ts'
import { changeKey, describeChange, inverse } from '../../../src/network/diff/operations.ts'
import type { DesiredState } from '../../../src/network/wanted.ts'
import { bothFamilies } from '../../examples/both-families.ts'
import { oneSubnet } from '../../examples/example-host.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { exampleRule, lookUp } from '../../examples/example-rule.ts'
import { exampleSettings } from '../../examples/example-settings.ts'
import { wantedOn } from '../../examples/wanted-on.ts'

const desiredOn = (host: HostState, active = 'primary'): DesiredState =>
  desiredState(wantedOn(host, exampleSettings(), active))
const desired = desiredOn(oneSubnet)
const listing = 'table inet wan_failover { as the kernel says it }'
const applied = { table: desired.nft ?? '', listing }

/** The host after the changes, kept simpler than a kernel: objects by their keys. */
function after(host: HostState, changes: readonly Change[]): HostState {
  let { rules, routes, nft } = host
  let accepts = host.docker?.accepts ?? []
  for (const change of changes) {
    switch (change.kind) {
      case 'add_rule':
        rules = [...rules, change.rule].toSorted(
          (a, b) => a.family.localeCompare(b.family) || a.priority - b.priority,
        )
        break
      case 'delete_rule':
        rules = rules.filter((rule) => JSON.stringify(rule) !== JSON.stringify(change.rule))
        break
      case 'replace_route':
        routes = [...routes.filter((route) => !samePlace(route, change.route)), change.route]
        break
      case 'delete_route':
        routes = routes.filter((route) => !samePlace(route, change.route))
        break
      case 'replace_nft':
        nft = listing
        break
      case 'delete_nft':
        nft = null
        break
      case 'add_accept':
        accepts = [...accepts, change.accept]
        break
      case 'delete_accept':
        accepts = accepts.toSpliced(accepts.indexOf(change.accept), 1)
    }
  }
  const docker = host.docker === null ? null : { ...host.docker, accepts }
  return { ...host, rules, routes, nft, docker }
}

function isReplacing(change: Change): change is ChangeOf<'replace_nft'> {
  return change.kind === 'replace_nft'
}

function samePlace(one: Route, other: Route): boolean {
  const place = ({ family, table, destination, metric }: Route) =>
    [family, table, destination, metric].join()
  return place(one) === place(other)
}

const standing = after(oneSubnet, diff(desired, oneSubnet, null))

describe('the steps', () => {
  test('from nothing are nft, the routes, and the rules ascending', () => {
    const changes = diff(desired, oneSubnet, null)
    const kinds = changes.map(({ kind }) => kind)
    const firstRule = kinds.indexOf('add_rule')
    assert.equal(kinds[0], 'replace_nft')
    assert.ok(kinds.slice(1, firstRule).every((kind) => kind === 'replace_route'))
    const rules = changes.flatMap((change) => (change.kind === 'add_rule' ? [change.rule] : []))
    assert.equal(kinds.length, firstRule + rules.length)
    const priorities = rules.map(({ priority }) => priority)
    assert.deepEqual(
      priorities,
      priorities.toSorted((a, b) => a - b),
    )
  })

  test('are none once they are done', () => {
    assert.deepEqual(diff(desired, standing, applied), [])
  })

  test('of a failover are the new rule and then the old one away, a family each', () => {
    const steps = diff(desiredOn(oneSubnet, 'secondary'), standing, applied)
    assert.deepEqual(
      steps.map((change) => `${change.kind} ${describeChange(change)}`),
      [
        'add_rule rule 10900 lookup 101',
        'add_rule IPv6 rule 10900 lookup 101',
        'delete_rule IPv6 rule 10900 lookup 100',
        'delete_rule rule 10900 lookup 100',
      ],
    )
  })

  test('of a graceful failback hold running flows in nft before the rule moves the others', () => {
    const kept = bothFamilies(['primary', 'secondary'])
    const flows = { kept, cut: bothFamilies([]), canMark: true }
    const on = (host: HostState, active: string) =>
      desiredState({ ...wantedOn(host, exampleSettings(), active), flows })
    const onSecondary = on(oneSubnet, 'secondary')
    const stood = after(oneSubnet, diff(onSecondary, oneSubnet, null))
    const back = diff(on(stood, 'primary'), stood, { table: onSecondary.nft ?? '', listing })
    assert.deepEqual(
      back.map(({ kind }) => kind),
      ['replace_nft', 'add_rule', 'add_rule', 'delete_rule', 'delete_rule'],
    )
    const dead = { ...flows, kept: bothFamilies(['primary']) }
    const away = desiredState({ ...wantedOn(stood, exampleSettings(), 'primary'), flows: dead })
    assert.equal(
      diff(away, stood, { table: onSecondary.nft ?? '', listing })[0]?.kind,
      'add_rule',
      'traffic that leaves a dead WAN does not wait for nft',
    )
  })

  test('to nothing are the rules from the last to the first, then the routes, then nft', () => {
    const steps = diff(nothing, standing, applied)
    const kinds = [...new Set(steps.map(({ kind }) => kind))]
    assert.deepEqual(kinds, ['delete_rule', 'delete_route', 'delete_nft'])
    const rules = steps.flatMap((change) => (change.kind === 'delete_rule' ? [change.rule] : []))
    for (const family of families) {
      const ofFamily = rules.filter((rule) => rule.family === family)
      assert.ok(ofFamily.length > 1)
      assert.deepEqual(
        ofFamily,
        ofFamily.toSorted((a, b) => b.priority - a.priority),
      )
    }
    assert.deepEqual(after(standing, steps), oneSubnet)
  })

  test('put nft in place again when anybody has changed what stands there', () => {
    const kindsWith = (nft: string | null) =>
      diff(desired, { ...standing, nft }, applied).map(({ kind }) => kind)
    assert.deepEqual(kindsWith('something else'), ['replace_nft'])
    assert.deepEqual(kindsWith(null), ['replace_nft'])
    assert.deepEqual(
      diff(desired, standing, null).map(({ kind }) => kind),
      ['replace_nft'],
    )
  })

  test('of a network that comes fill sets of neighbours, and touch no rule of nft', () => {
    const made = diff(desired, oneSubnet, null)
    const applied = nowApplied(null, { made, failed: [], after: standing })
    const docker = exampleRoute('172.30.0.0/16 dev eth0')
    const host = { ...standing, routes: [...standing.routes, docker] }
    const refills = (known: Applied) =>
      diff(desiredOn(host, 'primary'), host, known).filter(isReplacing)
    const short = refills(applied)
    assert.match(short[0]?.refill ?? '', /add element .* neighbours_ipv4 \{ .*172\.30\.0\.0\/16/)
    assert.doesNotMatch(short[0]?.refill ?? '', /table|chain/)
    const failed = nowApplied(applied, { made: [], failed: short, after: host })
    for (const known of [null, failed]) assert.equal(refills(known)[0]?.refill, null)
    const changed = { ...host, nft: 'something else' }
    const [whole] = diff(desiredOn(host, 'primary'), changed, applied).filter(isReplacing)
    assert.equal(whole?.refill, null)
  })

  test('replace a route whose gateway has changed, and leave its place alone', () => {
    const moved = standing.routes.map((route) =>
      route.protocol === ourProtocol && route.destination === '0.0.0.0/0' && route.table === 100
        ? {
            ...route,
            nextHops: [{ gateway: '192.168.0.9', link: 'eth0', weight: 1, onlink: false }],
          }
        : route,
    )
    const steps = diff(desired, { ...standing, routes: moved }, applied)
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      ['replace_route'],
    )
    const [step] = steps
    assert.deepEqual(step && inverse(step, { ...standing, routes: moved }), {
      kind: 'replace_route',
      route: moved.find(({ table, destination }) => table === 100 && destination === '0.0.0.0/0'),
    })
  })
})

describe('others’ objects', () => {
  const rule = fc
    .record({
      priority: fc.integer({ min: 0, max: 32_767 }),
      protocol: fc.constantFrom(0, 2, 3, 4, 200),
      from: fc.constantFrom(null, '10.0.0.0/8'),
      table: fc.constantFrom(52, 100, 101, 254, 51_820),
    })
    .map(({ priority, table, ...rest }) =>
      exampleRule(priority, { ...rest, action: lookUp(table) }),
    )
  const outside = fc
    .constantFrom(5_270, 9_899, 11_000)
    .map((priority) => exampleRule(priority, { protocol: ourProtocol }))
  const route = fc
    .record({ table: fc.constantFrom(52, 100, 254), third: fc.nat(250) })
    .map(({ table, third }) => exampleRoute(`10.7.${third}.0/24 dev eth0 table ${table}`))

  test('are never touched, whatever they look like', () => {
    const foreign = fc.tuple(fc.array(fc.oneof(rule, outside)), fc.array(route))
    const property = fc.property(foreign, ([rules, routes]) => {
      const host = {
        ...standing,
        rules: [...rules, ...standing.rules],
        routes: [...routes, ...standing.routes],
      }
      for (const wanted of [desired, desiredOn(oneSubnet, 'secondary'), nothing]) {
        for (const change of diff(wanted, host, applied)) {
          if (change.kind === 'delete_rule') {
            assert.ok(change.rule.protocol === ourProtocol && !rules.includes(change.rule))
          }
          if (change.kind === 'delete_route') assert.equal(change.route.protocol, ourProtocol)
        }
      }
      assert.deepEqual(diff(desired, host, applied), [])
    })
    fc.assert(property, { numRuns: 200 })
  })
})

describe('taken back', () => {
  test('each step leaves the host as it was', () => {
    for (const [wanted, host] of [
      [desired, oneSubnet],
      [desiredOn(oneSubnet, 'secondary'), standing],
    ] as const) {
      const steps = diff(wanted, host, applied)
      const undo = [...steps].reverse().map((change) => inverse(change, host))
      const back = after(
        after(host, steps),
        undo.filter((change) => change !== null),
      )
      assert.deepEqual(diff({ ...wanted, ...oursOf(host) }, back, applied), [])
      assert.deepEqual(oursOf(back), oursOf(host))
    }
  })

  function oursOf({ rules, routes, nft }: HostState) {
    const ours = ({ protocol }: Rule | Route) => protocol === ourProtocol
    return { rules: rules.filter(ours), routes: routes.filter(ours), nft: nft && desired.nft }
  }
})

test('a change and its opposite have one key, two objects have two', () => {
  const [one, two] = desired.rules
  assert.ok(one !== undefined && two !== undefined)
  assert.equal(
    changeKey({ kind: 'add_rule', rule: one }),
    changeKey({ kind: 'delete_rule', rule: one }),
  )
  assert.notEqual(
    changeKey({ kind: 'add_rule', rule: one }),
    changeKey({ kind: 'add_rule', rule: two }),
  )
})

describe("the steps among Docker's rules", () => {
  const filter: DockerFilter = { drops: ['ipv4'], accepts: [], clientLinks: ['eth0'] }
  const beside: HostState = { ...oneSubnet, docker: filter }
  const wanted = desiredOn(beside)
  const complete = after(beside, diff(wanted, beside, null))
  const withAccepts = (accepts: DockerFilter['accepts']): HostState => ({
    ...complete,
    docker: { ...filter, accepts },
  })
  const [ours] = wanted.accepts
  assert.ok(ours !== undefined)
  const old = { family: 'ipv6', words: '-m comment --comment wan_failover -j ACCEPT' } as const

  test('come when all that leads anywhere stands, and once only', () => {
    assert.equal(wanted.accepts.length, 1)
    const last = diff(wanted, beside, null).at(-1)
    assert.deepEqual(last, { kind: 'add_accept', accept: ours })
    assert.deepEqual(diff(wanted, complete, applied), [])
  })

  test('take away what stands twice or is not wanted, in either family', () => {
    assert.deepEqual(diff(wanted, withAccepts([ours, old, { ...ours }]), applied), [
      { kind: 'delete_accept', accept: old },
      { kind: 'delete_accept', accept: ours },
    ])
    const steps = diff(nothing, complete, applied)
    assert.deepEqual(after(complete, steps).docker?.accepts, [])
  })

  test('are none at a failover', () => {
    const kinds = diff(desiredOn(beside, 'secondary'), complete, applied).map(({ kind }) => kind)
    assert.deepEqual(new Set(kinds), new Set(['add_rule', 'delete_rule']))
  })

  test('have each other for their inverse', () => {
    const add = { kind: 'add_accept', accept: ours } as const
    const remove = { kind: 'delete_accept', accept: ours } as const
    assert.deepEqual([inverse(add, beside), inverse(remove, beside)], [remove, add])
    assert.equal(describeChange(add), `rule in DOCKER-USER: ${ours.words}`)
  })
})
