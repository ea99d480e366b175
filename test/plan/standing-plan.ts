/** What an earlier run has left in the kernel, for options that nobody knows any more. */
import type { exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleRule } from '../examples/example-rule.ts'

type Host = ReturnType<typeof exampleHost>
type Rule = Host['rules'][number]

/**
 * Of three WANs with the tables 100 to 102, `active` carries the default policy. With `every` 1 each
 * use that there can be leads to one of them: whatever a policy's mark is, it finds something to
 * adopt. With more, marks are left for a detour.
 */
export function standingRules(active: number, every: number): Rule[] {
  const pins = tables.flatMap((table, wan) => [
    ...closed(9900 + 2 * wan, table, 0x09 + wan),
    ...closed(10_010 + 2 * wan, table, 0x01 + wan),
  ])
  const uses = Array.from({ length: 223 }, (_, use) => use)
    .filter((use) => use % every === 0)
    .map((use) => closed(10_100 + 2 * use, 100 + (use % tables.length), 0x11 + use))
  const main = { kind: 'lookup', table: 254, suppressPrefixLength: 0 } as const
  return [
    ...pins,
    exampleRule(10_000, { protocol, action: main }),
    ...uses.flat(),
    exampleRule(10_899, { protocol, incoming: 'lo', action: lookup(102) }),
    exampleRule(10_900, { protocol, action: lookup(active) }),
    exampleRule(10_901, { protocol, action: { kind: 'unreachable' } }),
  ]
}

export const standingRoutes: Host['routes'] = [
  exampleRoute('192.168.0.0/24 dev eth0 table 100', { protocol: 201, scope: 'link' }),
  exampleRoute('default via 192.168.0.1 dev eth0 table 100', { protocol: 201 }),
  exampleRoute('default via 192.168.0.2 dev eth0 table 101', { protocol: 201 }),
  exampleRoute('10.99.0.0/16 via 192.168.0.5 dev eth0 table 101', { protocol: 201 }),
  exampleRoute('default via 192.168.8.1 dev usb0 table 102', { protocol: 201 }),
]

/** As the kernel lists it; what stays of it, what moves and what goes depends on the options. */
export const standingNft = [
  'table inet wan_failover {',
  ...block('set', 'flows_primary_ipv4', [
    'type ipv4_addr . inet_service . ipv4_addr . inet_service',
    'size 131072',
    'flags dynamic,timeout',
    'timeout 2h10m',
  ]),
  ...block('map', 'forwarded_0_ipv4_00c0ffee', [
    'type ipv4_addr : verdict',
    'flags interval',
    'elements = { 192.168.0.50 : goto forwarded_use_7 }',
  ]),
  ...block('counter', 'sent.primary', ['']),
  ...block('quota', 'cap.primary.2026-11-01.500000000', ['over 476 mbytes']),
  ...block('chain', 'plan_00c0ffee', []),
  ...block('chain', 'redirects', ['type filter hook output priority filter; policy accept;']),
  ...block('chain', 'forwarded_default', []),
  ...block('chain', 'forwarded_use_7', ['meta mark set meta mark & 0x00ffffff | 0x18000000']),
  ...block('chain', 'policies', ['type filter hook prerouting priority mangle; policy accept;']),
  '}',
  '',
].join('\n')

const tables = [100, 101, 102]
const protocol = 201

function closed(priority: number, table: number, mark: number): Rule[] {
  const selector = { protocol, mark: { value: mark * 0x1000000, mask: 0xff000000 } }
  return [
    exampleRule(priority, { ...selector, action: lookup(table) }),
    exampleRule(priority + 1, { ...selector, action: { kind: 'unreachable' } }),
  ]
}

function lookup(table: number) {
  return { kind: 'lookup', table, suppressPrefixLength: null } as const
}

function block(kind: string, name: string, lines: readonly string[]): string[] {
  return [`\t${kind} ${name} {`, ...lines.map((line) => `\t\t${line}`), '\t}', '']
}
