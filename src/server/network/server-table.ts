/**
 * The server's nft tables, whole, as text: `ip` and `ip6`, for only these can copy a packet. Nothing
 * in them is about packets that are not WireGuard's on our port, a house's, or for a house.
 *
 * - hello: questions come to WireGuard's port, for a NAT must see one flow; just before a socket gets
 *   them they are led to the helper's, and its answers leave from WireGuard's. Without tracking: a
 *   redirect would hold for the whole flow. Others' firewalls see WireGuard's port both ways.
 * - copies: what goes to one of two twins goes to the other one too. The copy passes the same hook
 *   again, known by its mark, and there gets its destination. WireGuard's replay window drops
 *   whichever comes second.
 * - the house's packets: only its own addresses come out of the tunnel (WireGuard sees to that) and
 *   only what is for them goes in.
 */
import type { Family } from '../../model/address.ts'
import { hex } from '../../model/hex.ts'
import { markMask } from '../../model/marks.ts'
import { helloByte, helloInsidePort, helloLength } from '../../model/tunnel/hello.ts'
import { type PortRange, rangeText } from '../houses/port-range.ts'

export const serverTable = 'wan_failover_server'

/** Its WireGuard link; not one of the client's names, for one machine may be both. */
export const serverLink = 'wf-server'

export interface TableInput {
  readonly uplink: string
  readonly port: number
  /** This machine's address inside, and the network of houses without one of their own. */
  readonly inside: string
  readonly network: string
  /** The helper's ports. */
  readonly helloPorts: Readonly<Record<Family, number>>
  /** See `HelloKey`. */
  readonly houseWords: readonly number[]
  readonly forwards: readonly Forward[]
}

/** A port of this machine's own address that leads to a house. */
export interface Forward extends PortRange {
  readonly to: string
}

/** One transaction, which replaces both; the maps of twins are empty after it. */
export function serverTables(input: TableInput): string {
  return [table('ipv4', input), table('ipv6', input)].join('\n')
}

export function removeTables(): string {
  // Adding one that is there is no error, deleting one that isn't is.
  return ['ip', 'ip6'].map((word) => forget(word)).join('\n')
}

function forget(word: string): string {
  return `table ${word} ${serverTable} { }\ndelete table ${word} ${serverTable}`
}

function table(family: Family, input: TableInput): string {
  const word = family === 'ipv4' ? 'ip' : 'ip6'
  const own = family === 'ipv4' ? ipv4Chains(input) : []
  const chains = [maps(family), hello(family, input), copies(word, input), clamp(), own]
  return `${forget(word)}\ntable ${word} ${serverTable} {\n${chains.flat().join('\n')}\n}`
}

function maps(family: Family): readonly string[] {
  const flags = 'flags timeout; size 64;'
  const place = `type ${family}_addr . inet_service`
  return [
    `map twins { ${place} : mark; ${flags} }`,
    `map twin_address { type mark : ${family}_addr; ${flags} }`,
    `map twin_port { type mark : inet_service; ${flags} }`,
    `set asked { ${place}; flags dynamic,timeout; size 4096; timeout 10s; }`,
  ]
}

/** `@th,64,…` is what UDP carries; the house's word stands in its third to sixth byte. */
function hello(family: Family, input: TableInput): readonly string[] {
  const word = family === 'ipv4' ? 'ip' : 'ip6'
  const helper = input.helloPorts[family]
  const houses = input.houseWords.map(hex).join(', ')
  return [
    'chain untracked {',
    '  type filter hook prerouting priority -310;',
    `  fib daddr type local udp dport ${input.port} notrack`,
    '}',
    'chain question {',
    `  udp length != ${udpHeader + helloLength} drop`,
    houses === '' ? '  drop' : `  @th,80,32 != { ${houses} } drop`,
    // A house asks once a second by each line.
    `  add @asked { ${word} saddr . udp sport limit rate over 10/second burst 20 packets } drop`,
    `  udp dport set ${helper}`,
    '}',
    'chain hello {',
    '  type filter hook input priority 250;',
    `  udp dport ${helper} drop`,
    `  udp dport ${input.port} @th,64,8 ${hex(helloByte)} jump question`,
    '}',
    'chain answer {',
    '  type filter hook output priority -310;',
    `  udp sport { ${input.port}, ${helper} } notrack`,
    `  udp sport ${helper} udp sport set ${input.port}`,
    '}',
  ]
}

function copies(word: string, { port }: TableInput): readonly string[] {
  // A copy is made with "don't fragment", which the first one has not.
  const fragments = word === 'ip' ? ' ip frag-off set 0' : ''
  const place = `${word} daddr set meta mark map @twin_address udp dport set meta mark map @twin_port`
  const none = `meta mark & ${hex(markMask)}`
  return [
    `chain copied { ${place}${fragments} meta mark set 0 accept; }`,
    'chain copy {',
    `  ${none} != 0 goto copied`,
    `  meta mark set ${word} daddr . udp dport map @twins dup to meta mark map @twin_address meta mark set 0`,
    '}',
    'chain copies {',
    '  type filter hook output priority -150;',
    `  udp sport ${port} @th,64,8 != ${hex(helloByte)} jump copy`,
    '}',
  ]
}

/** A segment that fits an uplink doesn't fit into the tunnel. */
function clamp(): readonly string[] {
  const size = 'tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu'
  return [
    'chain sizes {',
    '  type filter hook forward priority -150;',
    `  oifname "${serverLink}" ${size}`,
    `  iifname "${serverLink}" ${size}`,
    '}',
  ]
}

function ipv4Chains(input: TableInput): readonly string[] {
  const { uplink, inside, network } = input
  return [
    'chain inward {',
    '  type filter hook input priority 0;',
    // This machine's services listen on this address too: houses only need to bring their cookies.
    `  iifname != "${serverLink}" ip daddr ${inside} iif != lo drop`,
    `  iifname "${serverLink}" ip daddr ${inside} meta l4proto icmp accept`,
    `  iifname "${serverLink}" ip daddr ${inside} udp dport ${helloInsidePort} accept`,
    `  iifname "${serverLink}" ip daddr ${inside} drop`,
    '}',
    'chain through {',
    '  type filter hook forward priority 0;',
    `  oifname "${serverLink}" ip daddr ${network} ct state new ct status & dnat == 0 drop`,
    '}',
    'chain to_houses {',
    '  type nat hook prerouting priority -100;',
    ...input.forwards.map(
      ({ to, ...range }) =>
        `  fib daddr type local ip daddr != { ${inside}, 127.0.0.0/8 } ${range.protocol} ` +
        `dport ${rangeText(range)} dnat to ${to}`,
    ),
    '}',
    'chain from_houses {',
    '  type nat hook postrouting priority 100;',
    `  iifname "${serverLink}" oifname "${uplink}" ip saddr ${network} masquerade`,
    // A house that asks for a port that leads to a house: the reply has to come back here.
    `  iifname "${serverLink}" oifname "${serverLink}" ct status dnat masquerade`,
    '}',
  ]
}

const udpHeader = 8
