/**
 * Random options on hosts of every kind. What is planned for each pair is what was planned before:
 * a change of the program that is to change no plan is held by that. And no plan breaks what holds
 * for all of them.
 *
 * `golden.json` has the digests of all plans. `node test/plan/make-golden.ts` makes it anew; that is
 * right only where plans are meant to change, or the generators here do, and the commit says why.
 *
 * Every plan is compared by the long test, those of every fourth option file by the short one; of what
 * a daemon would do beside it one host an option file, for the time that it takes.
 * `PLAN_PAIRS=all node --test test/plan/plan.property.long.test.ts` compares every pair.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { everyHost, everyOptions, everyPair, type Pair } from './every-pair.ts'
import { digestOf, inputsDigest, readGolden } from './golden.ts'
import { planFaults } from './plan-checks.ts'
import { type Planned, settingsOf, usableWans } from './planned.ts'
import { describeHost, hostCount } from './random-hosts.ts'
import { randomOptions } from './random-options.ts'

const { PLAN_PAIRS: wantedPairs } = process.env

/** All that is asked of the pairs, for they are planned once. */
interface Survey {
  readonly otherPlans: Complaint[]
  readonly otherAsWished: Complaint[]
  readonly faults: Complaint[]
  readonly wans: { all: number; usable: number }
  /** Those of `features` that were met. */
  readonly found: Set<string>
}

interface Complaint {
  readonly options: number
  readonly host: number
  /** null: it is another one than before. */
  readonly text: string | null
}

/** @param each 1: every option file; 4: every fourth, in which not everything occurs. */
export function testPlans({ each }: { readonly each: number }): void {
  let made: Survey | null = null
  const survey = () => {
    made ??= surveyed(each)
    return made
  }

  test('every option file is valid', () => {
    for (const [i, text] of everyOptions().entries()) {
      assert.doesNotThrow(() => settingsOf(text), `options ${i + 1}:\n${text}`)
    }
  })

  test('every plan is the one that it was before', () => {
    assertNone(survey().otherPlans, 'plans are not what they were')
  })

  test('and so is what the daemon makes of wishes, and what explain tells', () => {
    assertNone(
      survey().otherAsWished,
      'pairs have other wishes carried out, or are explained otherwise',
    )
  })

  test('no plan breaks what holds for all of them', () => {
    assertNone(survey().faults, 'plans are broken')
  })

  if (each > 1) return
  test('the pairs are worth their time: most WANs are found, and everything occurs', () => {
    const { wans, found } = survey()
    const share = wans.usable / wans.all
    assert.ok(share > 0.55 && share < 0.9, `of ${wans.all} WANs ${wans.usable} can be used`)
    const all = Object.values(features).flatMap((patterns) => Object.keys(patterns))
    const missing = all.filter((what) => !found.has(what))
    assert.deepEqual(missing, [], 'the generators make none of these')
  })
}

const features = {
  plan: {
    'a list of WANs that fails closed': /pref 10[1-5]\d[13579] fwmark \S+ unreachable/,
    'a default policy that fails closed': /pref 10901 unreachable/,
    "this host's packets that wait for their mark": /pref 10899 iif lo/,
    "a WAN's own address": /pref 108\d\d from/,
    'a gateway outside of the networks of its link': /proto 201 via \S+ dev \S+ onlink/,
    'an IPv6 gateway that is link-local': /-6 route replace default .* via fe80:/,
    'an IPv6 gateway that is global': /-6 route replace default .* via 2001:/,
    'connections that are spread': /numgen inc mod/,
    'translation of IPv6 on a shared link': /snat ip6 to/,
    'a WAN that is known by its MAC': /ether saddr \S+ ip\S* saddr .* goto strangers/,
    'a WAN that lets in answers only': /chain strangers/,
    'WANs that the default policy may not use': /chain unpermitted/,
    'maps of addresses': /ip saddr vmap @/,
    'maps of MACs': /ether saddr vmap @/,
    'accepts in both families': /ip6tables -I/,
    'a copy with a size of its own': / mtu /,
  },
  asWished: {
    'flows of which half is seen': /chain half_\S+_ipv4/,
    'the same of IPv6': /chain half_\S+_ipv6/,
    'flows that stay': /ct direction original ct mark \S+ \S+ == \S+ meta mark set/,
    'a cap': /quota cap\./,
    'bytes of a shared link': /ct direction reply ct mark/,
    'a detour': /"detour": \{/,
    'flows that are held first': /"holdFirst": true/,
    'nft that is tidied up': /delete (map|set|chain) inet/,
    'rules that go': /rule del /,
    'routes that go': /route del /,
    'accepts that go': /delete_accept/,
    'a WAN that was adopted': /is in use now/,
    'a WAN that was chosen by hand': /chosen by hand/,
    'a failover test': /failover test avoids/,
    'a cap that is reached': /the cap of/,
    'a packet that goes nowhere': /no way leads there now/,
    'a packet that nft drops': /this machine drops it/,
    'a WAN without a gateway': /learned no gateway/,
    'a WAN without a link': /does not exist/,
    'a WAN without a carrier': /no carrier/,
    'a WAN that is switched off': /switched off/,
    'a WAN without an address': /no IPv4 address/,
    'a WAN on a wrong link': /is not in a network of/,
    'a WAN in no network': /is in no network/,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, RegExp>>>>

function surveyed(each: number): Survey {
  const golden = readGolden()
  const result: Survey = {
    ...{ otherPlans: [], otherAsWished: [], faults: [], found: new Set() },
    wans: { all: 0, usable: 0 },
  }
  for (const pair of everyPair()) {
    if (pair.options % each !== 0) continue
    result.wans.all += pair.scene.settings.wans.length
    result.wans.usable += usableWans(pair.scene)
    take(result, pair, { kind: 'plan', planned: pair.plan, kept: golden.plans })
    if (wantedPairs !== 'all' && (pair.options + pair.host) % hostCount !== 0) continue
    take(result, pair, { kind: 'asWished', planned: pair.asWished(), kept: golden.asWished })
  }
  return result
}

interface Part {
  readonly kind: keyof typeof features
  readonly planned: Planned
  readonly kept: readonly string[]
}

function take(result: Survey, { options, host }: Pair, { kind, planned, kept }: Part): void {
  const { text, compared, view } = planned
  for (const [what, pattern] of Object.entries(features[kind])) {
    if (!result.found.has(what) && pattern.test(text)) result.found.add(what)
  }
  const faults = planFaults(view)
  if (faults.length > 0) result.faults.push({ options, host, text: faults.join('\n') })
  const before = kept[options - 1]?.split(' ')[host - 1]
  if (digestOf(compared) === before) return
  const others = kind === 'plan' ? result.otherPlans : result.otherAsWished
  others.push({ options, host, text: null })
}

/** Tells of the first one all that helps to find out why. */
function assertNone(complaints: readonly Complaint[], what: string): void {
  const [first] = complaints
  if (first === undefined) return
  const { options, host, text } = first
  const lines = [
    `${complaints.length} ${what}: ${places(complaints)}`,
    `The first: options ${options} on host ${host}, ${describeHost(host)}`,
    ...(text === null ? waysToCompare(first) : [text]),
    `Options ${options}:`,
    randomOptions(options),
  ]
  assert.fail(lines.join('\n'))
}

function waysToCompare({ options, host }: Complaint): string[] {
  const changed = inputsDigest(everyOptions(), everyHost()) !== readGolden().inputs
  return [
    ...(changed ? ['The options and hosts themselves are not those of golden.json.'] : []),
    'In bash, this tells what differs:',
    '  git worktree add ../before $(git log -1 --format=%h -- test/plan/golden.json)',
    '  ln -s "$PWD/node_modules" ../before/',
    `  pair='test/plan/print-pair.ts --options ${options} --host ${host}'`,
    '  diff <(node ../before/$pair) <(node $pair)',
    'Where plans are meant to change: node test/plan/make-golden.ts',
  ]
}

function places(complaints: readonly Complaint[]): string {
  const hosts = new Map<number, Set<number>>()
  for (const { options, host } of complaints) {
    hosts.set(options, (hosts.get(options) ?? new Set()).add(host))
  }
  const told = [...hosts].slice(0, 5).map(([options, on]) => `${options} on ${[...on].join(', ')}`)
  const left = hosts.size - told.length
  return `options ${told.join('; ')}${left === 0 ? '' : `; and ${left} more`}`
}
