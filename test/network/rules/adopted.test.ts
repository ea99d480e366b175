import assert from 'node:assert/strict'
import { test } from 'node:test'
import { undecided } from '../../../src/decision/decide.ts'
import type { Decision } from '../../../src/model/decision.ts'
import { desiredState } from '../../../src/network/desired-state.ts'
import { adoptedWans, routedWans } from '../../../src/network/rules/adopted.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { bothFamilies } from '../../examples/both-families.ts'
import { exampleDecision } from '../../examples/example-decision.ts'
import { oneSubnet } from '../../examples/example-host.ts'
import { examplePolicy, exampleSettings } from '../../examples/example-settings.ts'

const settings = exampleSettings({
  policies: [
    examplePolicy('moved', ['secondary', 'primary']),
    examplePolicy('barred', []),
    examplePolicy('plain', ['primary', 'secondary']),
  ],
})
const decision = exampleDecision({
  moved: 'secondary',
  barred: null,
  plain: 'primary',
  default: 'primary',
})
const uplinks = resolveUplinks(settings.wans, oneSubnet)

function adopted(previous: Decision, next = settings): Record<string, string> {
  const wanted = { settings, uplinks, decision: previous, host: oneSubnet }
  const { rules } = desiredState(wanted)
  const host = { ...oneSubnet, rules: [...rules, ...oneSubnet.rules] }
  const wans = [...adoptedWans({ settings: next, uplinks, host }, undecided)]
  return Object.fromEntries(
    wans.map(([name, { ipv4, ipv6 }]) => {
      assert.equal(ipv6, ipv4)
      return [name, ipv4]
    }),
  )
}

test('the next start finds every policy on the WAN where the one before has left it', () => {
  assert.deepEqual(adopted(decision), { moved: 'secondary', plain: 'primary', default: 'primary' })
})

test('new options keep what they still have, and adopt nothing for what is new', () => {
  const next = {
    ...settings,
    policies: [examplePolicy('new', ['secondary']), ...settings.policies],
  }
  const expected = { moved: 'secondary', plain: 'primary', default: 'primary' }
  assert.deepEqual(adopted(decision, next), expected)
})

/** As it stands by `settings`, seen by options that name the same WANs in this order. */
function adoptedInOrder(order: readonly string[], previous: Decision): string | undefined {
  const host = hostBy(previous)
  const wans = order.flatMap((name, index) =>
    settings.wans
      .filter((wan) => wan.name === name)
      .map((wan) => ({ ...wan, ...{ index, table: 100 + index } })),
  )
  const next = exampleSettings({ wans })
  const standing = { settings: next, uplinks: resolveUplinks(wans, host), host }
  return adoptedWans(standing, undecided).get('default')?.ipv4
}

function hostBy(previous: Decision): typeof oneSubnet {
  const { rules, routes } = desiredState({
    ...{ settings, uplinks, decision: previous, host: oneSubnet },
  })
  return {
    ...oneSubnet,
    rules: [...rules, ...oneSubnet.rules],
    routes: [...routes, ...oneSubnet.routes],
  }
}

test('a WAN that has changed its place among the options is found where its way leads', () => {
  const onSecondary = exampleDecision({ default: 'secondary' })
  assert.equal(adoptedInOrder(['secondary', 'primary'], decision), 'primary')
  assert.equal(adoptedInOrder(['secondary', 'primary'], onSecondary), 'secondary')
})

test('of a WAN that the options name no more nothing is adopted by its number', () => {
  const host = hostBy(exampleDecision({ default: 'secondary' }))
  const elsewhere = host.routes.map((route) =>
    route.table === 101 && route.destination === '0.0.0.0/0'
      ? { ...route, nextHops: [{ gateway: '10.9.0.1', link: 'eth9', weight: 1, onlink: false }] }
      : route,
  )
  const standing = { settings, uplinks, host: { ...host, routes: elsewhere } }
  assert.equal(adoptedWans(standing, undecided).get('default'), undefined)
})

test('a gateway that has another address since is no other WAN, where it is alone on its link', () => {
  const host = hostBy(exampleDecision({ default: 'secondary' }))
  const routes = host.routes.map((route) =>
    route.table === 101 && route.destination === '0.0.0.0/0'
      ? {
          ...route,
          nextHops: route.nextHops.map((hop) => ({ ...hop, gateway: '192.168.0.77' })),
        }
      : route,
  )
  const adoptedBy = (sharesLink: boolean) => {
    const alike = uplinks.map((uplink) => ({ ...uplink, sharesLink }))
    const standing = { settings, uplinks: alike, host: { ...host, routes } }
    return adoptedWans(standing, undecided).get('default')?.ipv4
  }
  assert.equal(adoptedBy(false), 'secondary')
  assert.equal(adoptedBy(true), undefined)
})

test('a host without our rules has nothing to adopt', () => {
  const found = adoptedWans({ settings, uplinks, host: oneSubnet }, undecided)
  assert.equal(found.size, 0)
})

test('a family whose rule is gone is adopted where the other one is', () => {
  const { rules } = desiredState({ settings, uplinks, decision, host: oneSubnet })
  const host = { ...oneSubnet, rules: rules.filter(({ family }) => family === 'ipv4') }
  const wans = adoptedWans({ settings, uplinks, host }, undecided)
  assert.deepEqual(wans.get('moved'), { ipv4: 'secondary', ipv6: 'secondary' })
})

test('in the midst of a sidestep the decision is adopted, not the detour', () => {
  const routed = exampleDecision({
    moved: 'secondary',
    barred: null,
    plain: 'secondary',
    default: 'secondary',
  })
  const aside = new Map([
    ['plain', 'primary'],
    ['default', 'primary'],
  ])
  const none = bothFamilies([])
  const flows = { kept: none, cut: none, canMark: true, aside: bothFamilies(aside) }
  const { rules, nft } = desiredState({
    ...{ settings, uplinks, decision: routed, host: oneSubnet, flows },
  })
  const host = { ...oneSubnet, rules: [...rules, ...oneSubnet.rules], nft }
  const wansOf = (found: ReturnType<typeof adoptedWans>) =>
    Object.fromEntries([...found].map(([name, { ipv4 }]) => [name, ipv4]))
  const standing = { settings, uplinks, host }
  assert.deepEqual(wansOf(adoptedWans(standing, undecided)), {
    moved: 'secondary',
    plain: 'primary',
    default: 'primary',
  })
  assert.deepEqual(wansOf(routedWans(standing, undecided)), {
    moved: 'secondary',
    plain: 'secondary',
    default: 'secondary',
  })
})
