/**
 * Our one nft table, as a script that leaves it as wanted in one transaction. It keeps clients
 * from being sent around us, and gives whoever leaves by a WAN an address that is answered there.
 * A WAN is known by its link and the next hop of the packet's route, so two gateways on one link
 * are told apart and packets for the LAN are never touched.
 */
import type { Family } from '../model/address.ts'
import type { HostState } from '../model/host.ts'
import { markMask, nftTable, wanMark } from '../model/marks.ts'
import type { Settings } from '../model/settings.ts'
import { connectedNetworks, contains, networkOf, type Uplink } from './uplinks.ts'

/**
 * `keptFlows` names the WANs whose translated flows stay on them whatever the default policy
 * says; null: this kernel can't mark connections, and every flow follows the policy.
 */
export function nftScript(
  settings: Settings,
  uplinks: readonly Uplink[],
  keptFlows: readonly string[] | null,
): string | null {
  const links = [...new Set(uplinks.map(({ link }) => link).filter((link) => link !== null))]
  if (links.length === 0) return null
  const chains = [redirectsChain(links)]
  if (settings.nat !== 'never') {
    const rows = uplinks.flatMap((uplink) => masqueradeRows(uplink, { settings, uplinks }))
    if (rows.length > 0) chains.push(natChain(rows), leakChain(rows))
    if (rows.length > 0 && keptFlows !== null) {
      const kept = uplinks.filter(({ name }) => keptFlows.includes(name))
      chains.push(flowMarksChain(rows), pinsChain(kept))
    }
  }
  return [
    `table inet ${nftTable}`,
    `delete table inet ${nftTable}`,
    `table inet ${nftTable} {`,
    ...chains.map((lines) => lines.map((line) => `  ${line}`).join('\n')),
    '}',
    '',
  ].join('\n')
}

/** The clients' networks that a WAN's masquerading leaves alone, for this family. */
function unmasqueradedNetworks(
  settings: Settings,
  uplinks: readonly Uplink[],
  family: Family,
): string[] {
  if (settings.nat !== 'auto') return []
  const [first, ...others] = uplinks.map(({ addresses }) => connectedNetworks(addresses, family))
  return (first ?? []).filter((network) => others.every((list) => list.includes(network)))
}

/** The host's networks whose clients are masqueraded on every WAN. */
export function masqueradedNetworks(
  settings: Settings,
  uplinks: readonly Uplink[],
  host: HostState,
): string[] {
  if (settings.nat === 'never') return []
  const kept = unmasqueradedNetworks(settings, uplinks, 'ipv4')
  return connectedNetworks(host.addresses, 'ipv4').filter((network) => !kept.includes(network))
}

interface NatContext {
  readonly settings: Settings
  readonly uplinks: readonly Uplink[]
}

interface MasqueradeRow {
  /** Position of the WAN. */
  readonly wan: number
  /** Which packets leave by the WAN. */
  readonly leaves: string
  /** Of these, whose source address is not answered there. */
  readonly foreign: string
  readonly action: string
}

/** Sending a client to the gateway itself would make the failover pass it by (RFC 1122 3.2.2.2). */
function redirectsChain(links: readonly string[]): string[] {
  const set = `{ ${links.map((link) => `"${link}"`).join(', ')} }`
  return [
    'chain redirects {',
    '  type filter hook output priority filter; policy accept;',
    `  oifname ${set} icmp type redirect drop`,
    `  oifname ${set} icmpv6 type nd-redirect drop`,
    '}',
  ]
}

function natChain(rows: readonly MasqueradeRow[]): string[] {
  return [
    'chain translation {',
    '  type nat hook postrouting priority srcnat; policy accept;',
    ...rows.map(({ leaves, foreign, action }) => `  ${leaves} ${foreign} ${action}`),
    '}',
  ]
}

/** What escaped translation (a flow from before us, a stray packet) is answered by nobody. */
function leakChain(rows: readonly MasqueradeRow[]): string[] {
  return [
    'chain leaks {',
    '  type filter hook postrouting priority srcnat + 10; policy accept;',
    `  icmpv6 type { ${neighbourDiscovery.join(', ')} } accept`,
    ...rows.map(({ leaves, foreign }) => `  ${leaves} ${foreign} drop`),
    '}',
  ]
}

/** A translated flow remembers by which WAN it left last: its address is known there only. */
function flowMarksChain(rows: readonly MasqueradeRow[]): string[] {
  return [
    'chain flow_marks {',
    '  type filter hook postrouting priority srcnat + 20; policy accept;',
    ...rows.map(({ wan, leaves }) => {
      const other = `ct status snat ct mark & ${hex(markMask)} != ${hex(wanMark(wan))}`
      return `  ${leaves} ${other} ct mark set ct mark & ${hex(othersMask)} | ${hex(wanMark(wan))}`
    }),
    '}',
  ]
}

/** nft can't join packet and connection marks in one expression, so each WAN has a rule. */
function pinsChain(kept: readonly Uplink[]): string[] {
  return [
    'chain pins {',
    '  type filter hook prerouting priority mangle; policy accept;',
    ...kept.map(({ index }) => {
      const begun = `ct direction original ct mark & ${hex(markMask)} == ${hex(wanMark(index))}`
      const mark = `meta mark & ${hex(othersMask)} | ${hex(wanMark(index))}`
      return `  ${begun} meta mark set ${mark}`
    }),
    '}',
  ]
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}

function masqueradeRows(uplink: Uplink, context: NatContext): MasqueradeRow[] {
  if (uplink.link === null) return []
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const gateway = family === 'ipv4' ? uplink.gateway : uplink.gateway6
    if (gateway === null) return []
    const own = ownAddresses(uplink, { ...context, family, gateway })
    if (own.length === 0) return []
    const keep = unmasqueradedNetworks(context.settings, context.uplinks, family)
    const answered = family === 'ipv4' ? [...own, ...keep] : [...own.map(network64), linkLocal]
    const ip = family === 'ipv4' ? 'ip' : 'ip6'
    const shared = context.uplinks.some((other) => other !== uplink && other.link === uplink.link)
    const [address = ''] = own
    return {
      wan: uplink.index,
      leaves: `oifname "${uplink.link}" rt ${ip} nexthop ${gateway}`,
      foreign: `${ip} saddr != { ${withoutContained(answered).join(', ')} }`,
      action: shared && family === 'ipv6' ? `snat ip6 to ${address}` : 'masquerade',
    }
  })
}

/**
 * The host's addresses that are answered by this WAN. Two WANs on one link share their IPv4 ones;
 * of the IPv6 ones only those with the gateway's own prefix are the WAN's, and where its gateway
 * is link-local nobody can tell, so nothing is translated.
 */
function ownAddresses(
  uplink: Uplink,
  { uplinks, family, gateway }: NatContext & { family: Family; gateway: string },
): string[] {
  const usable = uplink.addresses.filter(
    (address) => address.family === family && address.scope === 'global',
  )
  const shared = uplinks.some((other) => other !== uplink && other.link === uplink.link)
  const own =
    shared && family === 'ipv6'
      ? usable.filter(({ address }) => contains(network64(address), gateway))
      : usable
  return own.map(({ address }) => address)
}

/** Two addresses of one network, as privacy addresses are, give one text. */
function network64(address: string): string {
  return networkOf({ address, prefixLength: 64 })
}

/** nft refuses a set in which one element lies within another. */
function withoutContained(elements: readonly string[]): string[] {
  const distinct = [...new Set(elements)]
  return distinct.filter((element) => !distinct.some((other) => isWithin(element, other)))
}

function isWithin(element: string, other: string): boolean {
  const [address = '', length = '128'] = element.split('/')
  const [, otherLength] = other.split('/')
  if (otherLength === undefined || Number(otherLength) >= Number(length)) return false
  return contains(other, address)
}

/** The bits of a mark that are not ours. */
const othersMask = 0x00ffffff

const linkLocal = 'fe80::/10'

/** ICMPv6 133 to 137 (RFC 4861): without them the gateway itself can't be found. */
const neighbourDiscovery = [
  'nd-router-solicit',
  'nd-router-advert',
  'nd-neighbor-solicit',
  'nd-neighbor-advert',
  'nd-redirect',
]
