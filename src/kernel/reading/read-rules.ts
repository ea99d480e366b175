/** Rules from what `ip -N -j rule show` prints. */
import type { Family } from '../../model/address.ts'
import type { Rule, RuleAction } from '../../model/host.ts'
import type { ReadContext, RuleEntry } from './ip-json.ts'
import { networkOf, readEntries, ruleEntry } from './ip-json.ts'

/** Keys that the model holds, and those that only say that a link isn't there now. */
const known: ReadonlySet<string> = new Set([
  'priority',
  'src',
  'srclen',
  'dst',
  'dstlen',
  'fwmark',
  'fwmask',
  'iif',
  'sport',
  'sport_start',
  'sport_end',
  'oif',
  'uid_start',
  'uid_end',
  'dport',
  'dport_start',
  'dport_end',
  'table',
  'suppress_prefixlen',
  'action',
  'goto',
  'nop',
  'protocol',
  'iif_detached',
  'oif_detached',
  'unresolved',
])

export function readRules(entries: readonly unknown[], context: ReadContext): Rule[] {
  return readEntries(entries, ruleEntry, {
    log: context.log,
    convert: (entry) => ruleOf(entry, context.family),
  })
}

function ruleOf(entry: RuleEntry, family: Family): Rule {
  const ipProtocol = ipProtocolOf(entry.ipproto, family)
  const words = wordsOf(entry)
  return {
    family,
    priority: entry.priority,
    protocol: entry.protocol,
    mark: entry.fwmark === undefined ? null : { value: entry.fwmark, mask: entry.fwmask },
    incoming: entry.iif ?? null,
    from: selectorNetwork(entry.src, entry.srclen, family),
    to: selectorNetwork(entry.dst, entry.dstlen, family),
    ipProtocol,
    sourcePorts: sourcePortsOf(entry),
    action: actionOf(entry),
    ...(words === '' ? {} : { words }),
    other: otherOf(entry, ipProtocol === null),
  }
}

function selectorNetwork(text: string, length: number | undefined, family: Family): string | null {
  if (text === 'all') return null
  return length === undefined ? networkOf(text, family) : `${text}/${length}`
}

/** Printed as `ipproto-17` with -N by iproute2 up to 6.x, else as `udp` or `17`. */
function ipProtocolOf(text: string | undefined, family: Family): Rule['ipProtocol'] {
  if (text === undefined) return null
  const icmp = family === 'ipv4' ? ['1', 'icmp'] : ['58', 'ipv6-icmp']
  const name = text.replace(/^ipproto-/, '')
  if (name === '6' || name === 'tcp') return 'tcp'
  if (name === '17' || name === 'udp') return 'udp'
  return icmp.includes(name) ? 'icmp' : null
}

function sourcePortsOf(entry: RuleEntry): Rule['sourcePorts'] {
  const first = entry.sport ?? entry.sport_start
  if (first === undefined) return null
  return { first, last: entry.sport_end ?? first }
}

/** What we never ask for ourselves, but copy from others' rules. */
function wordsOf(entry: RuleEntry): string {
  const { oif, uid_start: firstUser, uid_end: lastUser } = entry
  const { dport_start: firstPort, dport_end: lastPort } = entry
  const port = entry.dport ?? (firstPort === undefined ? undefined : `${firstPort}-${lastPort}`)
  return [
    ...(oif === undefined ? [] : [`oif ${oif}`]),
    ...(firstUser === undefined ? [] : [`uidrange ${firstUser}-${lastUser ?? firstUser}`]),
    ...(port === undefined ? [] : [`dport ${port}`]),
  ].join(' ')
}

/** FR_ACT_ numbers of include/uapi/linux/fib_rules.h, as -N shows them, and their names. */
const errorActions: Readonly<Record<string, 'unreachable' | 'blackhole' | 'prohibit'>> = {
  '6': 'blackhole',
  blackhole: 'blackhole',
  '7': 'unreachable',
  unreachable: 'unreachable',
  '8': 'prohibit',
  prohibit: 'prohibit',
}

function actionOf(entry: RuleEntry): RuleAction {
  const error = entry.action === undefined ? undefined : errorActions[entry.action]
  if (error !== undefined) return { kind: error }
  const table = Number(entry.table)
  if (entry.action === undefined && Number.isInteger(table)) {
    return { kind: 'lookup', table, suppressPrefixLength: entry.suppress_prefixlen ?? null }
  }
  if (entry.goto !== undefined) return { kind: 'other', text: `goto ${entry.goto}` }
  if (entry.nop !== undefined) return { kind: 'other', text: 'nop' }
  return { kind: 'other', text: entry.action ?? entry.table ?? 'l3mdev' }
}

function otherOf(entry: RuleEntry, ipProtocolIsOther: boolean): string | null {
  const words: string[] = []
  for (const [key, value] of Object.entries(entry)) {
    if (known.has(key) || value === undefined) continue
    if (key === 'ipproto' && !ipProtocolIsOther) continue
    // `not`, `l3mdev` and their like have no value.
    words.push(value === null ? key : `${key} ${wordOf(value)}`)
  }
  return words.length === 0 ? null : words.join(' ')
}

/** No version of `ip` prints an object there so far. */
function wordOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
