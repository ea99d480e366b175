import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { undecided } from '../../../../src/decision/decide.ts'
import type { Decision } from '../../../../src/model/decision.ts'
import { everyPolicy } from '../../../../src/model/settings/every-policy.ts'
import type { Settings } from '../../../../src/model/settings/settings.ts'
import { desiredState } from '../../../../src/network/desired-state.ts'
import { detour } from '../../../../src/network/diff/detour.ts'
import { nftScripts } from '../../../../src/network/nft/nft-scripts.ts'
import type { NftTable } from '../../../../src/network/nft/nft-table.ts'
import { resolveUplinks } from '../../../../src/network/uplinks.ts'
import type { Wanted } from '../../../../src/network/wanted.ts'
import { bothFamilies } from '../../../examples/both-families.ts'
import { exampleHost } from '../../../examples/example-host.ts'
import { lookUp, ourRule } from '../../../examples/example-rule.ts'
import { examplePolicy, exampleSettings, exampleWan } from '../../../examples/example-settings.ts'

const host = exampleHost([
  { name: 'lan0', addresses: ['192.168.0.3/24'] },
  { name: 'wan1', addresses: ['10.1.0.2/24', '2001:db8:1::2/64'] },
  { name: 'wan2', addresses: ['10.2.0.2/24'] },
])
const wans = [
  exampleWan(0, { gateway: '10.1.0.1', gateway6: 'fe80::1', interface: 'wan1', weight: 3 }),
  exampleWan(1, { gateway: '10.2.0.1', interface: 'wan2', inbound: 'established' }),
]
const both = ['primary', 'secondary']
const rich = exampleSettings({
  wans,
  policies: [
    {
      ...examplePolicy('call', ['secondary']),
      to: ['203.0.113.0/24', '198.51.100.7/32'],
      protocol: 'udp',
      ports: [{ first: 5060, last: 5061 }],
    },
    {
      ...examplePolicy('kids', ['secondary', 'primary']),
      from: [{ kind: 'address', cidr: '192.168.0.64/26' }],
    },
    { ...examplePolicy('tv', []), from: [{ kind: 'mac', mac: '02:00:00:00:00:01' }] },
    {
      ...examplePolicy('spread', both),
      balance: true,
      from: [{ kind: 'address', cidr: '192.168.0.20' }, { kind: 'host' }],
    },
  ],
  defaultPolicy: { use: ['primary'], balance: false },
})

function wantedFor(settings: Settings, changes: Partial<Wanted> = {}): Wanted {
  const policies = everyPolicy(settings).map(({ name, use, balance }) => {
    const decided = { wan: use[0] ?? null, reason: 'test' }
    return [name, bothFamilies(balance ? { ...decided, spread: use } : decided)] as const
  })
  const decision: Decision = { ...undecided, policies: new Map(policies) }
  const uplinks = resolveUplinks(settings.wans, host)
  return { settings, uplinks, decision, host, ...changes }
}

function nftOf(wanted: Wanted): string {
  return desiredState(wanted).nft ?? ''
}

function tableOf(wanted: Wanted): NftTable {
  const { table } = desiredState(wanted)
  assert.ok(table !== null)
  return table
}

/** The chains that policies, balance and inbound need, without the rest of the table. */
function chainsOf(wanted: Wanted): string {
  const text = nftOf(wanted)
  const blocks = text.split(/\n(?= {2}(?:set|map|chain) )/)
  const about =
    /^ {2}(set|map|chain (own_|forwarded_|policies|unpermitted|strangers|inbound|arr|repl))/
  return blocks.filter((block) => about.test(block)).join('\n')
}

describe('policies as chains', () => {
  test('of a house with everything: target and port, no Internet, balance, guarded WAN', (t) => {
    const flows = { kept: bothFamilies(both), cut: bothFamilies([]), canMark: true }
    t.assert.snapshot(chainsOf(wantedFor(rich, { flows })), { serializers: [String] })
  })

  test('keep the flows of those policies only that let them stay', () => {
    const policies = [
      { ...examplePolicy('phone', both), failback: 'immediate' as const },
      examplePolicy('work', ['secondary', 'primary']),
    ]
    const settings = exampleSettings({ wans, policies })
    const cutUnmarked = bothFamilies(['secondary'])
    const flows = { kept: bothFamilies(both), cut: bothFamilies([]), cutUnmarked, canMark: true }
    const text = nftOf(wantedFor(settings, { flows }))
    const pins = [...text.matchAll(/chain (own_\w+) \{\n((?: {4}.*\n)*)/g)]
      .filter(([, , rules = '']) => /ct mark .* return/.test(rules))
      .map(([, name]) => name)
    assert.equal(pins.length, 2, 'those of the default policy and of work')
    const cut =
      /oifname "wan2" \S+ \S+ nexthop \S+ meta mark & 0xff000000 == 0 ct direction original/
    assert.match(text, cut)
  })

  test('of a kernel without connection marks name none', () => {
    const flows = { kept: bothFamilies(both), cut: bothFamilies(['primary']), canMark: false }
    for (const changes of [{ flows }, { flows, avoidedUses: new Set([1]) }]) {
      assert.doesNotMatch(nftOf(wantedFor(rich, changes)), /ct mark/)
    }
  })

  test('balance IPv6 only over WANs that have it', () => {
    const text = chainsOf(wantedFor(rich))
    assert.match(text, /meta nfproto ipv4 numgen inc mod 4 vmap \{ 0-2 : goto \S+, 3 : goto \S+ \}/)
    assert.doesNotMatch(text, /meta nfproto ipv6 numgen/)
  })

  test('remember a balanced pair for ten minutes, whatever mark its class has', () => {
    const sets = (wanted: Wanted) => chainsOf(wanted).match(/^ {2}set pairs_.*$/gm)
    const plain = sets(wantedFor(rich))
    assert.equal(plain?.length, 4)
    assert.ok(plain.every((line) => line.includes('timeout 10m')))
    assert.deepEqual(sets(wantedFor(rich, { avoidedUses: new Set([1, 2, 3]) })), plain)
  })

  test('are empty where every policy is the default one', () => {
    const plain = exampleSettings({ wans, policies: [examplePolicy('same', both)] })
    assert.doesNotMatch(nftOf(wantedFor(plain)), /meta mark set/)
  })
})

/** The table as `nft -s -t list` prints it, as far as the scripts look at it. */
function listingOf(text: string): string {
  return text
    .replaceAll(/ elements = \{[^}]*\};?/g, '')
    .replaceAll(/^ {2}((?:set|map|counter|quota) \S+) \{ (.*) \}$/gm, '\t$1 {\n\t\t$2\n\t}')
    .replaceAll(/^ {2}(chain \S+) \{$/gm, '\t$1 {')
    .replaceAll(/^ {2}\}$/gm, '\t}')
    .replaceAll(/^ {4}/gm, '\t\t')
    .replaceAll(/(flags [a-z,]+);/g, '\n\t\t$1\n')
}

describe('one table after another', () => {
  const text = nftOf(wantedFor(rich))
  const table = tableOf(wantedFor(rich))

  test('is one transaction where nothing stands, or nobody can say what', () => {
    const script = `add table inet wan_failover\ndelete table inet wan_failover\n${text}`
    assert.deepEqual(nftScripts(table, null), { before: null, script, after: null })
  })

  test('keeps the maps of the same plan, and gives the chains new rules', () => {
    const kept = bothFamilies(['primary'])
    const moved = wantedFor(rich, { flows: { kept, cut: bothFamilies([]), canMark: true } })
    const { before, script, after } = nftScripts(tableOf(moved), listingOf(text))
    assert.equal(before, null)
    assert.match(script, /^flush table inet wan_failover\n/)
    assert.doesNotMatch(script, /^delete /m)
    assert.doesNotMatch(script, / map /)
    assert.equal(after, null)
  })

  test('fills new maps before the rules that ask them, and empties old ones after', () => {
    const other = exampleSettings({ ...rich, policies: rich.policies.slice(1, 2) })
    const next = { ...other, policies: [{ ...examplePolicy('kids', ['secondary']), from: [] }] }
    const kids = {
      ...examplePolicy('kids', ['secondary']),
      from: [{ kind: 'address', cidr: '192.168.0.65' } as const],
    }
    const wanted = wantedFor({ ...next, policies: [kids] })
    const { before, script, after } = nftScripts(tableOf(wanted), listingOf(text))
    assert.match(before ?? '', /chain forwarded_use_(\d+) \{\n {2}\}\n {2}.*map forwarded_0_ipv4_/s)
    assert.match(before ?? '', /192\.168\.0\.65 : goto forwarded_use_/)
    assert.doesNotMatch(script, /^ *map .*elements|^delete/m)
    assert.match(after ?? '', /^delete map inet wan_failover forwarded_\d_ipv4_/m)
    assert.match(after ?? '', /^delete chain inet wan_failover own_use_\d+$/m)
    const lines = (after ?? '').split('\n').map((line) => line.split(' ')[1])
    assert.ok(lines.lastIndexOf('map') < lines.indexOf('chain'), 'maps lead to chains')
  })

  test('moves a chain that is called elsewhere by deleting it first', () => {
    const elsewhere = listingOf(text).replace(
      /(chain arriving \{\n\s*type )[^;]*/,
      '$1filter hook x',
    )
    const { script } = nftScripts(table, elsewhere)
    assert.match(script, /^delete chain inet wan_failover arriving$/m)
  })
})

describe('the detour between two plans', () => {
  const standing = (wanted: Wanted) => {
    const nft = listingOf(nftOf(wanted))
    return { ...host, nft }
  }

  test('is none where nothing stands, and none to the same plan', () => {
    assert.equal(detour(wantedFor(rich)), null)
    assert.equal(detour(wantedFor(rich, { host: standing(wantedFor(rich)) })), null)
  })

  test('is none for what only health and mode decide', () => {
    const before = standing(wantedFor(rich))
    const wanted = wantedFor(rich, { host: before })
    const decision = { ...wanted.decision, mode: 'secondary' }
    assert.equal(detour({ ...wanted, decision }), null)
  })

  test('leaves the unmarked where they are, and marks everybody with marks of its own', () => {
    const before = wantedFor(exampleSettings({ wans }))
    const rules = [ruleOf10900(101)]
    const way = detour(wantedFor(rich, { host: { ...standing(before), rules } }))
    assert.ok(way !== null)
    assert.deepEqual(
      way.rules.filter(({ priority }) => priority >= 10_898),
      rules,
    )
    const direct = chainsOf(wantedFor(rich))
    const used = (text: string) => new Set(text.match(/forwarded_use_\d+/g))
    assert.deepEqual([...used(direct).intersection(used(way.nft ?? ''))], [])
    assert.match(way.nft ?? '', /chain forwarded_default \{\n {4}goto forwarded_use_/)
  })

  test('leads the unmarked by the same WAN where this one has another number now', () => {
    const before = wantedFor(exampleSettings({ wans }))
    const { routes } = desiredState(before)
    const rules = [ruleOf10900(101)]
    const swapped = wans.toReversed().map((wan, index) => ({
      ...wan,
      ...{ index, table: 100 + index },
    }))
    const settings = exampleSettings({ wans: swapped, policies: rich.policies })
    const standsBy = { ...standing(before), rules, routes }
    const uplinks = resolveUplinks(swapped, standsBy)
    const way = detour({ ...wantedFor(settings, { host: standsBy }), uplinks })
    const unmarked = way?.rules.filter(({ priority }) => priority >= 10_898)
    assert.deepEqual(unmarked, [ruleOf10900(100)])
  })

  test('keeps the way of the unmarked until nobody asks its table any more', () => {
    const before = wantedFor(exampleSettings({ wans }))
    const { routes } = desiredState(before)
    const moved = wans.map((wan) => ({ ...wan, table: wan.table + 50 }))
    const gone = exampleSettings({ wans: [...moved].slice(0, 1), policies: rich.policies })
    const standsBy = { ...standing(before), rules: [ruleOf10900(101)], routes }
    const way = detour(wantedFor(gone, { host: standsBy }))
    const kept = way?.routes.filter(({ table }) => table === 101)
    assert.deepEqual(
      kept,
      routes.filter(({ table }) => table === 101),
    )
    assert.ok(kept.length > 0)
  })
})

function ruleOf10900(table: number): Wanted['host']['rules'][number] {
  return ourRule({ priority: 10_900, action: lookUp(table) })
}
