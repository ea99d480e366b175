import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { undecided } from '../../../../src/decision/decide.ts'
import { byFamily, families } from '../../../../src/model/address.ts'
import type { Decision } from '../../../../src/model/decision.ts'
import { priorities } from '../../../../src/model/marks.ts'
import type { Rescue } from '../../../../src/model/resolver.ts'
import { everyPolicy } from '../../../../src/model/settings/every-policy.ts'
import { desiredState } from '../../../../src/network/desired-state.ts'
import { rescuedQueries } from '../../../../src/network/rescued-queries.ts'
import { resolveUplinks } from '../../../../src/network/uplinks.ts'
import type { Wanted } from '../../../../src/network/wanted.ts'
import { bothFamilies } from '../../../examples/both-families.ts'
import { exampleDecision } from '../../../examples/example-decision.ts'
import { exampleHost } from '../../../examples/example-host.ts'
import { exampleRoute } from '../../../examples/example-route.ts'
import { examplePolicy, exampleSettings, exampleWan } from '../../../examples/example-settings.ts'
import { Random } from '../../../random.ts'
import { links, randomDecision, randomSettings } from '../../random-policies.ts'

const host = exampleHost([
  { name: 'lan0', addresses: ['192.168.0.3/24'] },
  { name: 'wan1', addresses: ['10.1.0.2/24', '2001:db8:1::2/64'] },
  { name: 'wan2', addresses: ['10.2.0.2/24', '2001:db8:2::2/64'] },
])
const settings = exampleSettings({
  wans: [
    exampleWan(0, { gateway: '10.1.0.1', gateway6: 'fe80::1', interface: 'wan1' }),
    exampleWan(1, { gateway: '10.2.0.1', gateway6: 'fe80::2', interface: 'wan2' }),
  ],
  policies: [
    {
      ...examplePolicy('tablet', ['primary']),
      from: [{ kind: 'address', cidr: '192.168.0.64/26' }],
    },
    { ...examplePolicy('tv', []), from: [{ kind: 'mac', mac: '02:00:00:00:00:01' }] },
    {
      ...examplePolicy('call', ['secondary']),
      from: [{ kind: 'host' }],
      protocol: 'udp',
      ports: [{ first: 53, last: 53 }],
    },
  ],
})
const router = '10.1.0.1'
const toSecondary = rescueOf(router, { secondary: '8.8.8.8' })
const out = { tablet: 'primary', tv: null, call: 'secondary', default: 'secondary' }

function rescueOf(resolver: string, answersBy: Readonly<Record<string, string>>): Rescue {
  return { resolver, answersBy: new Map(Object.entries(answersBy)) }
}

function wantedWith(rescues: readonly Rescue[], changes: Partial<Wanted> = {}): Wanted {
  const uplinks = resolveUplinks(settings.wans, host)
  return { settings, uplinks, host, decision: exampleDecision(out), rescues, ...changes }
}

/** The chains of a rescue, and the sets and maps that only it needs. */
function chainsOf(wanted: Wanted): string {
  const text = desiredState(wanted).nft ?? ''
  const before = desiredState({ ...wanted, rescues: [] }).nft ?? ''
  return text
    .split(/\n(?= {2}(?:set|map|chain) )/)
    .filter((block) => !before.includes(block.trimEnd().replace(/\n\}$/, '')))
    .join('\n')
}

describe('queries to a silent resolver', () => {
  test('go to the one that answers by the WAN of who asks; nobody else’s do', (t) => {
    t.assert.snapshot(chainsOf(wantedWith([toSecondary])), { serializers: [String] })
  })

  test('of two families and two resolvers, with devices under test', (t) => {
    const devices = [{ kind: 'address', cidr: '192.168.0.70' } as const]
    const tested = new Map([['default', bothFamilies({ wan: 'primary', reason: 'test' })]])
    const rescues = [
      rescueOf(router, { secondary: '10.2.0.1', primary: '9.9.9.9' }),
      rescueOf('192.168.0.53', { secondary: '8.8.8.8' }),
      rescueOf('2001:db8:1::53', { secondary: '2001:4860:4860::8888' }),
    ]
    const wanted = wantedWith(rescues, {
      settings: { ...settings, testFailover: { durationMs: 600_000, devices } },
      decision: exampleDecision(out, { tested }),
    })
    t.assert.snapshot(chainsOf(wanted), { serializers: [String] })
  })

  test('stay what they are where no policy’s WAN has an answer', () => {
    const plain = desiredState(wantedWith([]))
    for (const wanted of [
      wantedWith([rescueOf(router, {})]),
      wantedWith([rescueOf(router, { third: '8.8.8.8' })]),
      wantedWith([toSecondary], {
        decision: exampleDecision({ ...out, call: null, default: null }),
      }),
      wantedWith([rescueOf('2001:db8:1::53', { secondary: '2001:db8::53' })], { nat6: false }),
      wantedWith([toSecondary], { dnat: false }),
    ]) {
      const { nft, rules } = desiredState({ ...wanted, decision: wanted.decision })
      const { nft: bare } = desiredState({ ...wanted, rescues: [] })
      assert.equal(nft, bare)
      assert.equal(
        rules.some(({ priority }) => isRescue(priority)),
        false,
      )
    }
    assert.equal(plain.nft, desiredState({ ...wantedWith([]), rescues: [] }).nft)
  })

  test('are translated whatever `nat` says: the other gateway would answer the client straight', () => {
    const never = wantedWith([toSecondary], { settings: { ...settings, nat: 'never' } })
    assert.match(desiredState(never).nft ?? '', /ct original ip daddr 10\.1\.0\.1 .* masquerade/)
  })
})

describe('the way to what answers', () => {
  const pinned = exampleRoute('8.8.8.8/32 via 10.1.0.1 dev wan1')
  const led = { ...host, routes: [...host.routes, pinned] }
  const rescueRules = (wanted: Wanted) =>
    desiredState(wanted).rules.filter(({ priority }) => isRescue(priority))

  test('needs no rule of its own where `main` says nothing about it', () => {
    assert.deepEqual(rescueRules(wantedWith([toSecondary])), [])
    const gateway = rescueOf(router, { secondary: '10.2.0.1' })
    assert.deepEqual(rescueRules(wantedWith([gateway])), [])
  })

  test('has one before `main` where that leads by the WAN that died', () => {
    const [rule, ...more] = rescueRules(wantedWith([toSecondary], { host: led }))
    assert.deepEqual(more, [])
    assert.equal(rule?.to, '8.8.8.8/32')
    assert.equal(rule?.mark?.value, 0x02000000)
    assert.ok((rule?.priority ?? 0) < priorities.mainWithoutDefault)
    assert.deepEqual(rule?.action, { kind: 'lookup', table: 101, suppressPrefixLength: null })
  })
})

for (let seed = 1; seed <= 60; seed += 1) {
  test(`no policy's queries go by a WAN outside its use, seed ${seed}`, () => {
    const random = new Random(seed)
    const some = randomSettings(random)
    const decision = withAnyWan(randomDecision(random, some), random)
    const names = some.wans.map(({ name }) => name)
    const rescues = ['192.168.0.1', '1.1.1.1', 'fd00:a::1'].map((resolver) =>
      rescueOf(
        resolver,
        Object.fromEntries(
          names
            .filter(() => random.chance(0.6))
            .map((name) => [name, resolver.includes(':') ? '2001:db8::53' : '8.8.8.8']),
        ),
      ),
    )
    const here = exampleHost(links.map(({ name, addresses }) => ({ name, addresses })))
    const uplinks = resolveUplinks(some.wans, here)
    const wanted: Wanted = { settings: some, decision, uplinks, host: here, rescues }
    const { of } = rescuedQueries(wanted)
    for (const { name, use } of everyPolicy(some)) {
      const { wans = none, tested = none } = of.get(name) ?? {}
      for (const family of families) {
        const now = decision.policies.get(name)?.[family].wan
        assert.ok(wans[family] === null || (use.includes(wans[family]) && wans[family] === now))
        const wan = tested?.[family] ?? null
        assert.ok(wan === null || use.includes(wan))
      }
    }
    const text = desiredState(wanted).nft ?? ''
    for (const [, chain = ''] of text.matchAll(/(?:goto|jump) (rescue_\S+?)[,;]?(?:\s|$)/g)) {
      assert.ok(text.includes(`chain ${chain} {`), chain)
    }
    assert.equal(
      desiredState({ ...wanted, rescues: [] }).nft,
      desiredState(withoutRescues(wanted)).nft,
    )
  })
}

const none = byFamily((): string | null => null)

/** Now and then a decision of before new options: a WAN that the policy may not use any more. */
function withAnyWan(decision: Decision, random: Random): Decision {
  const policies = [...decision.policies].map(([name, decided]) => {
    const wan = random.chance(0.2) ? 'primary' : decided.ipv4.wan
    return [name, { ...decided, ipv4: { ...decided.ipv4, wan } }] as const
  })
  return { ...undecided, ...decision, policies: new Map(policies) }
}

function withoutRescues({ rescues: _, ...wanted }: Wanted): Wanted {
  return wanted
}

function isRescue(priority: number): boolean {
  return priority >= priorities.rescued(0) && priority < priorities.mainWithoutDefault
}
