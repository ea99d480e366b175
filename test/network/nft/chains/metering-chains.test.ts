/** The text of the counters and quotas, and that the kernel takes it and keeps what it counted. */
import '../../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { afterEach, describe, test } from 'node:test'
import { nftTable } from '../../../../src/model/marks.ts'
import type { Settings } from '../../../../src/model/settings/settings.ts'
import { desiredState } from '../../../../src/network/desired-state.ts'
import { meteringChains } from '../../../../src/network/nft/chains/metering-chains.ts'
import { nearOf } from '../../../../src/network/nft/near.ts'
import type { NftPart } from '../../../../src/network/nft/nft-part.ts'
import { nftScripts } from '../../../../src/network/nft/nft-scripts.ts'
import type { CapWish, Wanted } from '../../../../src/network/wanted.ts'
import { bothFamilies } from '../../../examples/both-families.ts'
import { exampleHost } from '../../../examples/example-host.ts'
import { exampleRoute } from '../../../examples/example-route.ts'
import { examplePolicy, exampleSettings, exampleWan } from '../../../examples/example-settings.ts'
import { wantedOn } from '../../../examples/wanted-on.ts'
import { printedLines } from '../printed-lines.ts'

const nft = (...args: readonly string[]): string =>
  execFileSync('nft', [...args], { encoding: 'utf8' })
const table = ['table', 'inet', nftTable]
const stick = { gateway: '192.168.8.1', gateway6: 'fe80::1', interface: 'wwan0', metered: true }
const home = exampleHost(
  [
    { name: 'eth0', addresses: ['192.168.0.3/24', '2001:db8:1::3/64', 'fe80::3/64'] },
    { name: 'wwan0', addresses: ['192.168.8.100/24', '192.168.8.101/25', 'fe80::3/64'] },
  ],
  [exampleRoute('default via 192.168.0.1 dev eth0')],
)
const devices: Settings['policies'] = [
  {
    ...examplePolicy('tablet', ['secondary', 'primary']),
    from: [
      { kind: 'address', cidr: '192.168.0.50/32' },
      { kind: 'address', cidr: '2001:db8:1::50/128' },
    ],
  },
  {
    ...examplePolicy('work', ['secondary']),
    from: [
      { kind: 'mac', mac: 'aa:bb:cc:dd:ee:ff' },
      { kind: 'address', cidr: '192.168.0.60/32' },
    ],
    to: ['203.0.113.0/24'],
    protocol: 'tcp',
    ports: [{ first: 443, last: 443 }],
    overCap: true,
  },
  { ...examplePolicy('barred', ['primary']), from: [{ kind: 'mac', mac: 'aa:bb:cc:dd:ee:00' }] },
]

interface Situation {
  readonly policies?: Settings['policies']
  readonly caps?: readonly CapWish[]
  readonly secondary?: Parameters<typeof exampleWan>[1]
  readonly active?: string
  readonly canMark?: boolean
}

function wanted(situation: Situation = {}): Wanted {
  const { policies = devices, caps = [], secondary = stick, active = 'primary' } = situation
  const settings = exampleSettings({ wans: [exampleWan(0), exampleWan(1, secondary)], policies })
  const flows = {
    kept: bothFamilies([]),
    cut: bothFamilies([]),
    canMark: situation.canMark ?? true,
  }
  return { ...wantedOn(home, settings, active), flows, metering: { caps } }
}

function partOf(one: Wanted): NftPart {
  return meteringChains(one, nearOf(one))
}

function chainOf(name: string, situation: Situation = {}): readonly string[] {
  const { chains = [] } = partOf(wanted(situation))
  const found = chains.find((chain) => chain.name === name)
  assert.ok(found !== undefined, `no chain ${name}`)
  return printedLines({ chains: [found] }).slice(1, -1)
}

const cap = (changes: Partial<CapWish> = {}): CapWish => ({
  wan: 'secondary',
  month: '2026-11-01',
  limitBytes: 10_000_000,
  usedBytes: 4_000_000,
  ...changes,
})

test('without a metered WAN there is nothing of it, nor for a plan', () => {
  const { metered: _, ...free } = stick
  assert.deepEqual(partOf(wanted({ secondary: free })), {})
  const { metering: __, ...plan } = wanted()
  assert.deepEqual(partOf(plan), {})
})

test('only what leaves by the metered WAN or comes in by it is looked at', () => {
  const rules = ['metered_in', 'metered_in_own', 'metered_forwarded', 'metered_own'].flatMap(
    (name) => chainOf(name).slice(1),
  )
  assert.equal(rules.length, 10)
  assert.ok(rules.every((rule) => /^[io]ifname "wwan0"/.test(rule)))
})

test('what comes in on a link that WANs share is known by the flow that it answers', () => {
  const shared = { gateway: '192.168.0.2', interface: 'eth0', metered: true }
  const [, rule = ''] = chainOf('metered_in', { secondary: shared })
  assert.match(
    rule,
    /saddr != @beside_secondary_ipv4 ct direction reply ct mark .* == 0x02000000 jump/,
  )
  assert.equal(chainOf('metered_in', { secondary: shared, canMark: false }).length, 1)
})

test('at the cap everybody is dropped but who may go over it, and our probes', () => {
  const quota = 'quota name "cap.secondary.2026-11-01.10000000"'
  const caps = [cap()]
  assert.deepEqual(chainOf('spend.secondary.tablet', { caps }), [
    `${quota} drop`,
    'counter name "sent.secondary"',
    'counter name "sent.secondary.tablet"',
  ])
  assert.equal(chainOf('spend.secondary.work', { caps })[0], quota)
  assert.equal(chainOf('spend.secondary.default', { caps })[0], `${quota} drop`)
  assert.equal(chainOf('spend.secondary', { caps })[0], `${quota} drop`)
  assert.equal(chainOf('spend_over_cap.secondary', { caps })[0], quota)
  const [marked = '', ported = ''] = chainOf('sent_own.secondary', { caps })
  assert.equal(marked, 'meta mark & 0xff000000 == 0x0a000000 goto spend_over_cap.secondary')
  assert.equal(
    ported,
    'meta l4proto { tcp, udp } th sport 61100-61199 goto spend_over_cap.secondary',
  )
  assert.equal(chainOf('taken.secondary', { caps })[1], quota)
})

test('what comes back is matched the other way round; a MAC says nothing about it', () => {
  const [ipv4 = '', ipv6 = '', ...rest] = chainOf('received_forwarded.secondary')
  assert.match(ipv4, /^ip daddr vmap @received_forwarded\.secondary_\S*ipv4/)
  assert.match(ipv6, /^ip6 daddr vmap @received_forwarded\.secondary_\S*ipv6/)
  assert.deepEqual(rest, [
    'ip daddr { 192.168.0.60 } ip saddr { 203.0.113.0-203.0.113.255 } tcp sport { 443 } ' +
      'goto taken.secondary.work',
    'goto taken.secondary.default',
  ])
})

test('this machine has rules of its own where a policy names it, else the same as others', () => {
  assert.deepEqual(chainOf('sent_own.secondary').slice(2), ['goto sent_forwarded.secondary'])
  assert.deepEqual(chainOf('received_own.secondary'), ['goto received_forwarded.secondary'])
  const itself = { ...examplePolicy('itself', ['secondary']), from: [{ kind: 'host' } as const] }
  const policies = [itself, ...devices]
  assert.deepEqual(chainOf('sent_own.secondary', { policies }).slice(2, 3), [
    'goto spend.secondary.itself',
  ])
  assert.deepEqual(chainOf('received_own.secondary', { policies }).slice(0, 1), [
    'goto taken.secondary.itself',
  ])
})

test('a thousand policies have a hundred counters each way, and everybody keeps the cap', () => {
  const policies = Array.from({ length: 1_000 }, (_, i) => ({
    ...examplePolicy(`device${i}`, ['secondary']),
    from: [{ kind: 'address', cidr: `10.0.${i >> 8}.${i & 255}/32` } as const],
    overCap: i === 1,
  }))
  const { objects, sets } = partOf(wanted({ policies, caps: [cap()] }))
  assert.equal(objects?.length, 2 + 2 * 100 + 1)
  const out = sets?.filter(({ name }) => name.startsWith('sent_forwarded.secondary')) ?? []
  const [text = ''] = printedLines({ sets: out })
  assert.match(text, /10\.0\.0\.0 : goto spend\.secondary,/)
  assert.match(text, /10\.0\.0\.1 : goto spend_over_cap\.secondary,/)
  assert.match(text, /10\.0\.3\.231 : goto spend\.secondary\.device999/)
})

describe('in the kernel', () => {
  afterEach(() => {
    nft(`table inet ${nftTable}; delete table inet ${nftTable}`)
  })

  const list = (): string | null => {
    try {
      const args = ['-s', '-t', 'list', ...table]
      return execFileSync('nft', args, { encoding: 'utf8', stdio: 'pipe' })
    } catch {
      return null // There is none.
    }
  }
  const setUp = (situation: Situation): void => {
    const { table: desired, quotasUsed } = desiredState(wanted(situation))
    assert.ok(desired !== null)
    const { before, script, after } = nftScripts(desired, list(), quotasUsed)
    for (const one of [before, script, after]) if (one !== null) nft(one)
  }
  const quotas = () =>
    [...nft('list', 'quotas', ...table).matchAll(/quota (\S+) \{\s+over (\d+) \S+ used (.+)/g)].map(
      ([, name, , used]) => `${name} used ${used}`,
    )
  /** As if so much had been counted. */
  const countSent = (bytes: number): void => {
    nft(
      `flush table inet ${nftTable}; ` +
        `delete counter inet ${nftTable} sent.secondary; ` +
        `add counter inet ${nftTable} sent.secondary { packets 1 bytes ${bytes} }`,
    )
  }
  const sent = (): string | undefined =>
    /sent\.secondary \{\s+packets \d+ bytes (\d+)/.exec(nft('list', 'counters', ...table))?.[1]

  test('the table stands in every shape, and is listed the same whatever was counted', () => {
    const shared = { gateway: '192.168.0.2', interface: 'eth0', capMb: 10 }
    const lines = () => list()?.split('\n').toSorted()
    for (const situation of [{}, { caps: [cap()] }, { secondary: shared, caps: [cap()] }]) {
      setUp(situation)
      const before = lines()
      setUp(situation)
      assert.deepEqual(lines(), before)
      countSent(1)
      setUp(situation)
      assert.deepEqual(lines(), before)
    }
  })

  test('counters and the quota outlive other chains; a new quota begins with what was used', () => {
    setUp({ caps: [cap()] })
    assert.deepEqual(quotas(), ['cap.secondary.2026-11-01.10000000 used 4000000 bytes'])
    countSent(77)
    setUp({ caps: [cap({ usedBytes: 9_000_000 })], active: 'secondary', policies: [] })
    assert.equal(sent(), '77')
    assert.deepEqual(quotas(), ['cap.secondary.2026-11-01.10000000 used 4000000 bytes'])
  })

  test('a quota stands that begins with more than there is, as where a cap was lowered', () => {
    setUp({ caps: [cap({ usedBytes: 11_000_000 })] })
    assert.deepEqual(quotas(), ['cap.secondary.2026-11-01.10000000 used 10000000 bytes'])
  })

  test('another limit or another month is another quota; without a cap there is none', () => {
    setUp({ caps: [cap()] })
    setUp({ caps: [cap({ limitBytes: 20_000_000, usedBytes: 5_000_000 })] })
    assert.deepEqual(quotas(), ['cap.secondary.2026-11-01.20000000 used 5000000 bytes'])
    setUp({ caps: [cap({ month: '2026-12-01', usedBytes: 3 })] })
    assert.deepEqual(quotas(), ['cap.secondary.2026-12-01.10000000 used 3 bytes'])
    setUp({})
    assert.deepEqual(quotas(), [])
  })

  test('another name of a policy takes its chains and counters away, other policies theirs too', () => {
    setUp({ caps: [cap()] })
    const renamed = devices.map((policy) => ({ ...policy, name: `${policy.name}_2` }))
    setUp({ policies: renamed })
    assert.match(list() ?? '', /counter sent\.secondary\.tablet_2 /)
    assert.doesNotMatch(list() ?? '', /secondary\.tablet[ \n]/)
    const over = renamed.map((policy) => ({ ...policy, overCap: !policy.overCap }))
    setUp({ policies: over, caps: [cap()] })
    setUp({ policies: over.slice(1) })
    assert.doesNotMatch(list() ?? '', /tablet/)
  })

  test('a table of ours from before there were counters becomes one with them', () => {
    const { metering: _, ...before } = wanted()
    nft(desiredState(before).nft ?? '')
    setUp({ caps: [cap()] })
    assert.equal(sent(), '0')
  })
})
