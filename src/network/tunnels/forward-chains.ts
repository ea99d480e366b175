/**
 * What the Internet may begin by a tunnel's address: each port that the options forward goes to its
 * device, which sees the true sender. Its answers find back by the mark that a connection keeps of
 * where it came in. With IPv6 each device has an address of its own there, by its prefix or by one
 * that stands for it, so nothing is redirected: the packets are let in.
 */
import { type Family, familyOf } from '../../model/address.ts'
import { helloPort, tunnelPort } from '../../model/marks.ts'
import { portsText } from '../../model/settings/setting-text.ts'
import type { ForwardSettings, TunnelSettings } from '../../model/settings/tunnel-settings.ts'
import type { Uplink } from '../../model/uplink.ts'
import { contains, prefixLengthOf } from '../networks.ts'
import { rangeOf, rangeText } from '../nft/address-ranges.ts'
import type { NftPart } from '../nft/nft-part.ts'
import { chain } from '../nft/nft-words.ts'
import { type Pairs, type PrefixPair, wantedPairs } from '../prefix-pairs.ts'
import type { Wanted } from '../wanted.ts'

export function forwardChains(wanted: Wanted): NftPart {
  if (wanted.dnat === false) return {}
  const rules = forwardsOf(wanted, 'ipv4').map(
    ({ condition, to }) => `${condition} dnat ip to ${to}`,
  )
  if (rules.length === 0) return {}
  return { chains: [chain('forwarded_ports', 'nat hook prerouting priority dstnat', rules)] }
}

/** For the guard that drops what nobody inside has asked for. */
export function letIn(uplink: Uplink, wanted: Wanted): readonly string[] {
  const answers = serversAnswers(uplink, wanted)
  const forwards = [
    ...(wanted.dnat === false ? [] : forwardsOf(wanted, 'ipv4')),
    ...forwardsOf(wanted, 'ipv6'),
  ]
  const accepts = forwards.filter((forward) => forward.uplink === uplink)
  return [...answers, ...accepts.map(({ condition }) => `${condition} return`)]
}

/** What a tunnel on two lines sends and gets is not tracked, so nobody knows it for an answer. */
function serversAnswers({ name, link, index }: Uplink, { settings }: Wanted): readonly string[] {
  return settings.wans.flatMap(({ index: inner, tunnel }) => {
    if (link === null || tunnel?.mode !== 'both' || !tunnel.over.includes(name)) return []
    const own = `udp dport { ${tunnelPort(inner)}, ${helloPort(index, inner)} }`
    return `iifname "${link}" udp sport ${tunnel.endpoint.port} ${own} return`
  })
}

export interface ForwardingLink {
  readonly link: string
  /** Those that something is forwarded to. */
  readonly devices: readonly string[]
}

/** The tunnels' links by which something may begin. */
export function forwardingLinks(wanted: Wanted, family: Family): readonly ForwardingLink[] {
  const forwards = forwardsOf(wanted, family)
  const links = new Set(forwards.flatMap(({ uplink }) => uplink.link ?? []))
  return [...links].map((link) => {
    const devices = forwards.filter(({ uplink }) => uplink.link === link).map(({ to }) => to)
    return { link, devices: [...new Set(devices)] }
  })
}

/** Those of the options, or what the server has given. */
function ownAddresses({ address }: TunnelSettings, { ways }: Uplink): readonly string[] {
  const given = address.filter((one) => familyOf(one) === 'ipv4')
  if (given.length > 0) return given.map((one) => one.split('/')[0] ?? '')
  return ways.ipv4.addresses.map((one) => one.address)
}

interface Forwarded extends Pick<ForwardSettings, 'to'> {
  readonly uplink: Uplink
  /** Which packets are meant. */
  readonly condition: string
}

function forwardsOf(wanted: Wanted, family: Family): Forwarded[] {
  const { settings, uplinks } = wanted
  const forwards = (settings.forwards ?? []).filter(({ to }) => familyOf(to) === family)
  if (forwards.length === 0) return []
  const pairs: Pairs = family === 'ipv4' ? new Map() : wantedPairs(wanted)
  return forwards.flatMap((forward) => {
    const { tunnel, to } = forward
    const uplink = uplinks.find(({ name }) => name === tunnel)
    const wan = settings.wans.find(({ name }) => name === tunnel)
    if (uplink === undefined || uplink.link === null || wan?.tunnel === undefined) return []
    const asked =
      family === 'ipv4' ? ownAddresses(wan.tunnel, uplink) : outsideOf(to, pairs.get(tunnel) ?? [])
    if (asked.length === 0) return []
    const word = family === 'ipv4' ? 'ip' : 'ip6'
    const from = `iifname "${uplink.link}" ${word} daddr { ${asked.join(', ')} }`
    return { uplink, to, condition: `${from}${portsOf(forward)}` }
  })
}

/** A device's address as the Internet knows it: with the prefix that stands for its own, if any. */
function outsideOf(address: string, pairs: readonly PrefixPair[]): readonly string[] {
  const pair = pairs.find(({ inside, isFree }) => isFree && contains(inside, address))
  if (pair === undefined) return [address]
  const [prefix, own] = [pair.outside, `${address}/128`].map((one) => rangeOf(one, null).first)
  const hostBits = (1n << BigInt(128 - prefixLengthOf(pair.outside))) - 1n
  const first = (prefix ?? 0n) | ((own ?? 0n) & hostBits)
  return [rangeText({ family: 'ipv6', first, last: first, value: null })]
}

function portsOf({ protocol, ports }: ForwardSettings): string {
  if (ports === null) return protocol === 'any' ? '' : ` meta l4proto ${protocol}`
  return ` ${protocol} dport ${portsText(ports)}`
}
