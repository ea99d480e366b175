/**
 * What the Internet may begin by a tunnel's address: each port that the options forward goes to its
 * device, which sees the true sender. Its answers find back by the mark that a connection keeps of
 * where it came in.
 */
import { familyOf } from '../../model/address.ts'
import { helloPort, tunnelPort } from '../../model/marks.ts'
import type { ForwardSettings, TunnelSettings } from '../../model/settings/tunnel-settings.ts'
import type { Uplink } from '../../model/uplink.ts'
import type { NftPart } from '../nft/nft-table.ts'
import { chain } from '../nft/nft-words.ts'
import type { Wanted } from '../wanted.ts'

export function forwardChains(wanted: Wanted): NftPart {
  if (wanted.dnat === false) return {}
  const rules = forwardsOf(wanted).map(({ condition, to }) => `${condition} dnat ip to ${to}`)
  if (rules.length === 0) return {}
  return { chains: [chain('forwarded_ports', 'nat hook prerouting priority dstnat', rules)] }
}

/** For the guard that drops what nobody inside has asked for. */
export function letIn(uplink: Uplink, wanted: Wanted): readonly string[] {
  const answers = serversAnswers(uplink, wanted)
  if (wanted.dnat === false) return answers
  const forwards = forwardsOf(wanted).flatMap((forward) =>
    forward.uplink === uplink ? [`${forward.condition} accept`] : [],
  )
  return [...answers, ...forwards]
}

/** What a tunnel on two lines sends and gets is not tracked, so nobody knows it for an answer. */
function serversAnswers({ name, link, index }: Uplink, { settings }: Wanted): readonly string[] {
  return settings.wans.flatMap(({ index: inner, tunnel }) => {
    if (link === null || tunnel?.mode !== 'both' || !tunnel.over.includes(name)) return []
    const own = `udp dport { ${tunnelPort(inner)}, ${helloPort(index, inner)} }`
    return `iifname "${link}" udp sport ${tunnel.endpoint.port} ${own} accept`
  })
}

/** The tunnels' links by which something may begin. */
export function forwardingLinks(wanted: Pick<Wanted, 'settings' | 'uplinks'>): readonly string[] {
  return [...new Set(forwardsOf(wanted).flatMap(({ uplink }) => uplink.link ?? []))]
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

function forwardsOf({ settings, uplinks }: Pick<Wanted, 'settings' | 'uplinks'>): Forwarded[] {
  return (settings.forwards ?? []).flatMap(({ tunnel, protocol, ports, to }) => {
    const uplink = uplinks.find(({ name }) => name === tunnel)
    const wan = settings.wans.find(({ name }) => name === tunnel)
    if (uplink === undefined || uplink.link === null || wan?.tunnel === undefined) return []
    const own = ownAddresses(wan.tunnel, uplink)
    if (own.length === 0) return []
    const from = `iifname "${uplink.link}" ip daddr { ${own.join(', ')} }`
    const what =
      ports === null
        ? protocol === 'any'
          ? ''
          : ` meta l4proto ${protocol}`
        : ` ${protocol} dport ${ports.first === ports.last ? ports.first : `${ports.first}-${ports.last}`}`
    return { uplink, to, condition: `${from}${what}` }
  })
}
