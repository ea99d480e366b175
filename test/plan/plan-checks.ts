/** What holds for every plan, whatever the options and the host. */
import type { PlanView } from './planned.ts'

type Rule = PlanView['rules'][number]

/** One sentence each; empty where all is well. */
export function planFaults(view: PlanView): string[] {
  const ownPart = { ...view, rules: view.rules.filter(({ priority }) => priority >= 9900) }
  return [
    ...ruleFaults(ownPart),
    ...followerFaults(view),
    ...closingFaults(ownPart),
    ...routeFaults(view),
    ...(view.nft === null ? [] : nftFaults(view.nft)),
  ]
}

/** The numbers that are public: priorities 9900 to 10999, protocol 201, the WANs' own tables. */
function ruleFaults({ rules, wans }: PlanView): string[] {
  const tables = wans.map(({ table }) => table)
  const faults: string[] = []
  const seen = new Set<string>()
  let last = 0
  for (const rule of rules) {
    const { priority, protocol, action } = rule
    const text = JSON.stringify(rule)
    if (seen.has(text)) faults.push(`twice: ${text}`)
    seen.add(text)
    if (protocol !== 201) faults.push(`not of our protocol: ${text}`)
    if (priority < 9900 || priority > 10_999) faults.push(`not in our priorities: ${text}`)
    if (priority < last) faults.push(`out of order: ${text}`)
    last = priority
    if (action.kind !== 'lookup') continue
    const isMain = action.table === 254 && priority === 10_000 && action.suppressPrefixLength === 0
    if (!isMain && !isNearby(rule) && !tables.includes(action.table))
      faults.push(`asks nobody's table: ${text}`)
  }
  return faults
}

/**
 * Before 9900 stands what follows another program's rule: with its selector, before it, at a
 * priority that no other program has.
 */
function followerFaults({ rules, otherRules, wans }: PlanView): string[] {
  const followers = rules.filter(({ priority }) => priority < 9900)
  const tables = [254, ...wans.map(({ table }) => table)]
  return followers.flatMap((rule) => {
    const { family, priority, protocol, action } = rule
    const text = JSON.stringify(rule)
    const theirs = otherRules.filter((other) => other.family === family)
    const isBefore = theirs.some(
      (other) =>
        other.priority > priority &&
        other.priority - priority <= 3 &&
        JSON.stringify([other.mark, other.incoming, other.from]) ===
          JSON.stringify([rule.mark, rule.incoming, rule.from]),
    )
    const isTaken = theirs.some((other) => other.priority === priority)
    const strange = action.kind === 'lookup' && !tables.includes(action.table)
    return [
      ...(protocol === 201 ? [] : [`not of our protocol: ${text}`]),
      ...(isBefore ? [] : [`not in our priorities, and before nobody's rule: ${text}`]),
      ...(isTaken ? [`at another's priority: ${text}`] : []),
      ...(strange ? [`asks nobody's table: ${text}`] : []),
    ]
  })
}

/**
 * What is for some WANs only never falls through to another: probes and pins have an unreachable
 * right above, and so has every list that doesn't name all WANs, in each family.
 */
function closingFaults({ rules, families, uses, defaultUse, wans }: PlanView): string[] {
  const unreachable = rules.filter(({ action }) => action.kind === 'unreachable')
  const closing = new Set(unreachable.map((rule) => JSON.stringify(rule)))
  const open = rules.filter((rule) => {
    const { priority, action } = rule
    const isOthers = priority === 10_000 || isNearby(rule)
    const isForWan = priority < 10_100 && !isOthers && action.kind === 'lookup'
    return isForWan && !closing.has(JSON.stringify(closingOf(rule)))
  })
  const isWhole = (list: readonly string[]) => wans.every(({ name }) => list.includes(name))
  const named = new Set(uses.map(({ priority }) => priority))
  // This machine's own UDP has a mark that stands for the default policy's list.
  const ofDefault = rules
    .filter(({ priority }) => isUsePriority(priority))
    .map(({ priority, action }) => (action.kind === 'lookup' ? priority : priority - 1))
    .filter((priority) => !named.has(priority))
  const closed = [
    ...uses.filter((use) => !isWhole(use.wans)).map(({ priority }) => priority + 1),
    ...(isWhole(defaultUse) ? [] : [10_901, ...ofDefault.map((priority) => priority + 1)]),
  ]
  const there = new Set(unreachable.map(({ family, priority }) => `${family} ${priority}`))
  const missing = families.flatMap((family) =>
    closed.map((priority) => `${family} ${priority}`).filter((place) => !there.has(place)),
  )
  const missingNearby = Object.keys(nearby).filter(
    (priority) => !rules.some((rule) => String(rule.priority) === priority && isNearby(rule)),
  )
  const stray = unreachable.filter(
    ({ priority }) => priority >= 10_100 && !closed.includes(priority),
  )
  return [
    ...open.map((rule) => `nothing closes ${JSON.stringify(rule)}`),
    ...missing.map((place) => `no unreachable at ${place}`),
    ...missingNearby.map((priority) => `what is for everybody nearby may leave: ${priority}`),
    ...stray.map((rule) => `closes a list that names every WAN: ${JSON.stringify(rule)}`),
  ]
}

/** What is for everybody nearby is asked of `main`, with its default. */
const nearby: Readonly<Record<number, string>> = {
  9990: '224.0.0.0/4',
  9991: '255.255.255.255/32',
}

function isNearby({ family, priority, to, action }: Rule): boolean {
  const asksMain =
    action.kind === 'lookup' && action.table === 254 && action.suppressPrefixLength === null
  return family === 'ipv4' && to !== null && nearby[priority] === to && asksMain
}

function closingOf(rule: Rule): Rule {
  return { ...rule, priority: rule.priority + 1, action: { kind: 'unreachable' } }
}

/** The kernel holds one route a place, so of two one would be lost. */
function routeFaults({ routes, wans }: PlanView): string[] {
  const tables = wans.map(({ table }) => table)
  const places = new Set<string>()
  return routes.flatMap((route) => {
    const { family, table, destination, metric, protocol } = route
    const text = JSON.stringify(route)
    const place = `${family} ${table} ${destination} ${metric}`
    const isTaken = places.has(place)
    places.add(place)
    return [
      ...(isTaken ? [`in the place of another: ${text}`] : []),
      ...(protocol === 201 ? [] : [`not of our protocol: ${text}`]),
      ...(tables.includes(table) ? [] : [`in nobody's table: ${text}`]),
    ]
  })
}

/** As far as it can be told without nft: everything that is named is there, and once. */
export function nftFaults(text: string): string[] {
  const defined = [...text.matchAll(/^ {2}(chain|set|map|counter|quota) (\S+) \{/gm)]
  const names = defined.map(([, kind = '', name = '']) => `${kindGroups[kind]} ${name}`)
  const known = new Set(names)
  const asked = [
    ...[...text.matchAll(/\b(?:goto|jump) ([^\s,;}]+)/g)].map(([, name]) => `chain ${name}`),
    ...[...text.matchAll(/@([^\s,;}]+)/g)].map(([, name]) => `set ${name}`),
    ...[...text.matchAll(/\b(counter|quota) name "([^"]+)"/g)].map(
      ([, kind, name]) => `${kind} ${name}`,
    ),
  ]
  return [
    ...names.filter((name, i) => names.indexOf(name) !== i).map((name) => `nft: two of ${name}`),
    ...[...new Set(asked)].filter((name) => !known.has(name)).map((name) => `nft: no ${name}`),
    ...braceFaults(text),
    ...acceptFaults(text),
  ]
}

/** A base chain that only calls others has chains of several concerns: none may end the others'. */
function acceptFaults(text: string): string[] {
  const blocks = [
    ...text.matchAll(/^ {2}(?:chain (\S+) \{\n((?:.*\n)*?)^ {2}\}$|map (\S+) \{(.*)\}$)/gm),
  ]
  const bodies = new Map(
    blocks.map(([, chain, rules, map, elements]) => [chain ?? `@${map}`, rules ?? elements ?? '']),
  )
  const reached = [...bodies.values()].filter((body) => sharedHook.test(body)).flatMap(ledTo)
  // It grows while it is walked.
  for (const name of reached) {
    const next = ledTo(bodies.get(name) ?? '')
    reached.push(...next.filter((one) => !reached.includes(one)))
  }
  return [...new Set(reached)]
    .filter((name) => /\baccept\b/.test(bodies.get(name) ?? ''))
    .map((name) => `nft: chain ${name} accepts for others too`)
}

const sharedHook = /^ {4}type .* hook .*\n(?: {4}.*\bjump \S+\n)+$/

function ledTo(body: string): string[] {
  return [...body.matchAll(/\b(?:goto|jump) ([^\s,;}]+)|(@[^\s,;}]+)/g)].map(
    ([, chain, map]) => chain ?? map ?? '',
  )
}

/** Of one name there is a set or a map, never both. */
const kindGroups: Readonly<Record<string, string>> = {
  ...{ chain: 'chain', set: 'set', map: 'set', counter: 'counter', quota: 'quota' },
}

function braceFaults(text: string): string[] {
  let depth = 0
  for (const sign of text) {
    if (sign === '{') depth += 1
    if (sign === '}') depth -= 1
    if (depth < 0) return ['nft: a brace is closed that was never opened']
  }
  return depth === 0 ? [] : ['nft: a brace is never closed']
}

function isUsePriority(priority: number): boolean {
  return priority >= 10_100 && priority < 10_800
}
