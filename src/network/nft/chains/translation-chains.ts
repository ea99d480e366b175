/**
 * Gives what leaves by a WAN an address that gets replies there. A WAN is known by its link and the
 * next hop of the packet's route: that keeps two gateways on one link apart, and never touches
 * packets for a neighbour but the gateway itself.
 */
import type { Family } from '../../../model/address.ts'
import type { HostState } from '../../../model/host.ts'
import type { Settings } from '../../../model/settings/settings.ts'
import type { Uplink } from '../../../model/uplink.ts'
import { delegatedNetworks } from '../../delegations.ts'
import { onLinkNetworks } from '../../neighbours.ts'
import { networkOf, withoutContained } from '../../networks.ts'
import { type Pairs, type PrefixPair, wantedPairs } from '../../prefix-pairs.ts'
import { repliedAddresses } from '../../replied-addresses.ts'
import { isElsewhereToo } from '../../shared-addresses.ts'
import type { Wanted } from '../../wanted.ts'
import type { Near } from '../near.ts'
import type { NftPart } from '../nft-part.ts'
import type { NftChain } from '../nft-table.ts'
import { chain, leaving, neighbourDiscovery, protocolWord } from '../nft-words.ts'
import type { CalledChain } from '../shared-hooks.ts'
import { arriving } from './inbound-chains.ts'

export function translationChains(wanted: Wanted, near: Near): NftPart {
  const { settings, uplinks, nat6, host } = wanted
  // At a tunnel's other end no router of the user's translates.
  const meant = settings.nat === 'never' ? uplinks.filter((one) => one.isTunnel === true) : uplinks
  if (meant.length === 0) return {}
  const delegated = settings.nat === 'always' ? new Map() : delegatedNetworks(uplinks, host)
  const pairs = wantedPairs(wanted)
  const context: NatContext = { settings, uplinks, near, delegated, pairs }
  const rows = meant.flatMap((uplink) => masqueradeRows(uplink, context))
  // One rule that the kernel doesn't know would cost the whole table.
  const translated = rows.filter(({ family }) => family === 'ipv4' || nat6 !== false)
  if (rows.length === 0) return {}
  const arrivals = arrivalsChain(wanted, near, pairs)
  return { chains: [natChain(translated), ...arrivals], called: [leakChain(rows, near)] }
}

/** Who asks a client from outside, by the prefix that stands for its own. */
function arrivalsChain({ uplinks, dnat }: Wanted, near: Near, pairs: Pairs): NftChain[] {
  const rules = uplinks.flatMap((uplink) => {
    const free = (pairs.get(uplink.name) ?? []).filter(({ isFree }) => isFree)
    return arriving(uplink, near, ['ipv6']).flatMap((condition) =>
      free.map(
        ({ inside, outside }) => `${condition} ip6 daddr ${outside} dnat ip6 prefix to ${inside}`,
      ),
    )
  })
  if (rules.length === 0 || dnat === false) return []
  return [chain('prefix_arrivals', 'nat hook prerouting priority dstnat', rules)]
}

/** Gives a packet that leaves by the WAN one of the host's addresses that get replies there. */
export function sourceTranslation(uplink: Uplink, family: Family): string {
  const [address] = repliedAddresses(uplink, family)
  // Of a link that WANs share the kernel might take the other one's.
  const mustName = uplink.sharesLink && family === 'ipv6' && address !== undefined
  return mustName ? `snat ip6 to ${address}` : 'masquerade'
}

/** The clients' networks that a WAN's masquerading leaves alone, for this family. */
export function unmasqueradedNetworks(
  settings: Settings,
  uplinks: readonly Uplink[],
  family: Family,
): string[] {
  if (settings.nat === 'always') return []
  const lines = uplinks.filter(({ isTunnel = false }) => !isTunnel)
  const [first, ...others] = lines.map((uplink) => {
    const own = uplink.ways[family].addresses
    const single = own.filter((address) => !isElsewhereToo(address, uplink, uplinks))
    return onLinkNetworks(single, family)
  })
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
  return onLinkNetworks(host.addresses, 'ipv4').filter((network) => !kept.includes(network))
}

interface NatContext {
  readonly settings: Settings
  readonly uplinks: readonly Uplink[]
  readonly near: Near
  /** By WAN, the clients' IPv6 networks that get replies there. */
  readonly delegated: ReadonlyMap<string, readonly string[]>
  /** By WAN, what stands there for clients' IPv6 networks that don't. */
  readonly pairs: Pairs
}

interface MasqueradeRow {
  readonly family: Family
  readonly link: string | null
  /** The host's addresses that get replies there. */
  readonly own: readonly string[]
  /** Which packets leave by the WAN. */
  readonly leaves: string
  /** Of these, those whose source address gets no reply there. */
  readonly foreign: string
  readonly action: string
  /** These get another prefix instead. */
  readonly pairs: readonly PrefixPair[]
}

function natChain(rows: readonly MasqueradeRow[]): NftChain {
  const translate = rows.flatMap(({ leaves, foreign, action, pairs }) => [
    ...pairs.map(
      ({ inside, outside }) => `${leaves} ip6 saddr ${inside} snat ip6 prefix to ${outside}`,
    ),
    `${leaves} ${foreign} ${action}`,
  ])
  return chain('translation', 'nat hook postrouting priority srcnat', translate)
}

/** What escaped translation (a flow from before us, a stray packet) gets no reply. */
function leakChain(rows: readonly MasqueradeRow[], near: Near): CalledChain {
  const rules = [
    ...rightSources(rows),
    `${neighbourDiscovery} return`,
    // A client that asked from outside knows the address that answers.
    'ct direction reply return',
    ...near.pass,
    ...rows.map(({ leaves, foreign }) => `${leaves} ${foreign} drop`),
  ]
  return { name: 'leaks', when: null, rules }
}

/** Most packets, by one look: on its link no WAN has another opinion of the address. */
function rightSources(rows: readonly MasqueradeRow[]): string[] {
  const ipv4 = rows.filter(({ family }) => family === 'ipv4')
  const isRight = (link: string | null, address: string) =>
    ipv4.every((row) => row.link !== link || row.own.includes(address))
  const pairs = ipv4.flatMap(({ link, own }) =>
    own.filter((one) => isRight(link, one)).map((one) => `"${link}" . ${one}`),
  )
  if (pairs.length === 0) return []
  return [`oifname . ip saddr { ${[...new Set(pairs)].join(', ')} } return`]
}

function masqueradeRows(uplink: Uplink, context: NatContext): MasqueradeRow[] {
  return leaving(uplink).flatMap(({ family, hop, condition }) => {
    const own = repliedAddresses(uplink, family)
    if (own.length === 0) return []
    // At a tunnel's other end nobody knows the clients, whatever subnet they share with lines.
    const keep = uplink.isTunnel
      ? []
      : unmasqueradedNetworks(context.settings, context.uplinks, family)
    const pairs = family === 'ipv6' ? (context.pairs.get(uplink.name) ?? []) : []
    const inside = context.delegated.get(uplink.name) ?? []
    const routed = [...inside, ...pairs.map(({ outside }) => outside)]
    const answered =
      family === 'ipv4' ? [...own, ...keep] : [...own.map(network64), linkLocal, ...routed]
    // To the gateway itself too: without it a modem's page and a router's DNS answer nobody else.
    const elsewhere =
      hop.kind === 'gateway' ? '' : ` ${context.near.notToAside.get(uplink.name)?.[family]}`
    return {
      family,
      link: uplink.link,
      own,
      leaves: `${condition}${elsewhere}`,
      foreign: `${protocolWord(family)} saddr != { ${withoutContained(answered).join(', ')} }`,
      action: isDialled(uplink, context.settings)
        ? `snat ${protocolWord(family)} to ${own[0]}`
        : sourceTranslation(uplink, family),
      pairs,
    }
  })
}

/**
 * Its interface goes and comes back with each dialling. With `masquerade` the kernel would forget all
 * connections by it meanwhile; so they go on once the address is there again.
 */
function isDialled({ name }: Uplink, { wans }: Settings): boolean {
  return wans.find((wan) => wan.name === name)?.tunnel?.kind === 'l2tp'
}

/** Two addresses of one network, as privacy addresses are, give one text. */
function network64(address: string): string {
  return networkOf({ address, prefixLength: 64 })
}

const linkLocal = 'fe80::/10'
