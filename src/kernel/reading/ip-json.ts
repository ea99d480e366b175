/**
 * What `ip -N -j` prints, validated once. Keys that no code here reads pass, and an entry
 * that makes no sense is left out with a debug line: other people's hosts hold odd things, and
 * none of them may keep us from seeing the rest.
 */
import * as v from 'valibot'
import type { Family } from '../../model/address.ts'
import type { Log } from '../../model/log.ts'

/** iproute2 prints numbers as numbers in some places and as text in others. */
const numeric = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform(Number),
  v.integer(),
  v.minValue(0),
)

export const linkEntry = v.looseObject({
  ifindex: v.number(),
  ifname: v.string(),
  flags: v.array(v.string()),
  link_type: v.optional(v.string(), 'none'),
  address: v.optional(v.string()),
})

export const addressesEntry = v.looseObject({
  ifname: v.string(),
  addr_info: v.optional(v.array(v.unknown()), []),
})

export const addressEntry = v.looseObject({
  family: v.picklist(['inet', 'inet6']),
  local: v.string(),
  prefixlen: v.number(),
  scope: v.optional(v.string(), '0'),
  tentative: v.optional(v.boolean(), false),
  dadfailed: v.optional(v.boolean(), false),
  deprecated: v.optional(v.boolean(), false),
  /** Of RFC 8981: another one takes its place within a day. */
  temporary: v.optional(v.boolean(), false),
})

const hop = {
  gateway: v.optional(v.string()),
  via: v.optional(v.looseObject({ host: v.string() })),
  dev: v.optional(v.string()),
  flags: v.optional(v.array(v.string()), []),
}

export const routeEntry = v.looseObject({
  ...hop,
  /** Absent for unicast. */
  type: v.optional(numeric, 1),
  dst: v.string(),
  /** Absent for `main`. */
  table: v.optional(numeric, 254),
  /** Absent for `boot`, what a user adds by hand. */
  protocol: v.optional(numeric, 3),
  metric: v.optional(v.number(), 0),
  scope: v.optional(numeric, 0),
  prefsrc: v.optional(v.string()),
  metrics: v.optional(v.array(v.looseObject({ mtu: v.optional(v.number()) }))),
  nexthops: v.optional(v.array(v.looseObject({ ...hop, weight: v.optional(v.number(), 1) }))),
})

export const ruleEntry = v.looseObject({
  priority: v.number(),
  src: v.optional(v.string(), 'all'),
  srclen: v.optional(v.number()),
  dst: v.optional(v.string(), 'all'),
  dstlen: v.optional(v.number()),
  fwmark: v.optional(numeric),
  fwmask: v.optional(numeric, 0xffffffff),
  iif: v.optional(v.string()),
  ipproto: v.optional(v.string()),
  sport: v.optional(v.number()),
  sport_start: v.optional(v.number()),
  sport_end: v.optional(v.number()),
  oif: v.optional(v.string()),
  uid_start: v.optional(v.number()),
  uid_end: v.optional(v.number()),
  dport: v.optional(v.number()),
  dport_start: v.optional(v.number()),
  dport_end: v.optional(v.number()),
  table: v.optional(v.string()),
  suppress_prefixlen: v.optional(v.number()),
  action: v.optional(v.string()),
  goto: v.optional(v.union([v.number(), v.string()])),
  nop: v.optional(v.null()),
  protocol: v.optional(numeric, 0),
})

export const neighbourEntry = v.looseObject({
  dst: v.optional(v.string(), ''),
  dev: v.optional(v.string(), ''),
  lladdr: v.optional(v.string()),
  state: v.optional(v.array(v.string()), []),
})

export type RouteEntry = v.InferOutput<typeof routeEntry>
export type RuleEntry = v.InferOutput<typeof ruleEntry>

export interface ReadContext {
  readonly family: Family
  readonly log: Log
}

type EntrySchema<Output> = v.GenericSchema<unknown, Output>

/** The entries that make sense, turned by `convert`; null from it leaves one out silently. */
export function readEntries<Output, Result>(
  entries: readonly unknown[],
  schema: EntrySchema<Output>,
  options: { readonly log: Log; readonly convert: (entry: Output) => Result | null },
): Result[] {
  const results: Result[] = []
  for (const entry of entries) {
    const parsed = v.safeParse(schema, entry)
    if (parsed.success) {
      const result = options.convert(parsed.output)
      if (result !== null) results.push(result)
    } else {
      const text = JSON.stringify(entry).slice(0, 300)
      options.log.debug(`Left out an entry of ip that makes no sense: ${text}`)
    }
  }
  return results
}

/** `default`, an address or a network, as the CIDR it means. */
export function networkOf(text: string, family: Family): string {
  if (text === 'default' || text === 'all') return family === 'ipv4' ? '0.0.0.0/0' : '::/0'
  if (text.includes('/')) return text
  return `${text}/${family === 'ipv4' ? 32 : 128}`
}
