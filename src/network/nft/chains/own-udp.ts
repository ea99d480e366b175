/**
 * This machine's own UDP from an address of a WAN that it doesn't use now. The kernel gives a socket
 * that address once and for ever, and the rule by it would keep the socket on the line. Where the
 * line is dead, or metered and left, such packets get the mark of the default policy, and so its
 * WAN and an address that gets replies there. Answers to what began outside never come here: they
 * have the mark of the WAN where it came in.
 */
import { type Family, families } from '../../../model/address.ts'
import { wanMark } from '../../../model/marks.ts'
import type { Uplink } from '../../../model/uplink.ts'
import type { Classes } from '../../policies/traffic-classes.ts'
import { tellingAddresses } from '../../shared-addresses.ts'
import type { FlowWishes, Wanted } from '../../wanted.ts'
import type { NftPart } from '../nft-part.ts'
import type { PacketSet } from '../nft-table.ts'
import { chain, connectionMarkIs, leaving, protocolWord, setMark } from '../nft-words.ts'

/**
 * Whether the default policy needs a mark for it. Balanced traffic has marks anyway; and who can't
 * translate, or can't forget how a flow began, has nowhere to lead it.
 */
export function leadsOwnUdp(wanted: Wanted): boolean {
  const { settings, uplinks, flows, avoidedUses } = wanted
  // A plan knows nothing of running flows, but shows the rule that stands for them.
  if (flows !== undefined && !canLead(flows)) return false
  if (settings.nat === 'never' || settings.defaultPolicy.balance) return false
  if (avoidedUses !== undefined || uplinks.length < 2) return false
  return uplinks.some((uplink) =>
    families.some((family) => tellingAddresses(uplink, uplinks, family).length > 0),
  )
}

function canLead({ freed, canMark, canList }: FlowWishes): boolean {
  return freed !== undefined && canMark && canList !== false
}

/**
 * A flow that was let go of begins anew with a packet of this machine's, by another WAN. What its
 * other end still sends by the old one must not come first: it would begin the flow the other way
 * round, and hold it there.
 */
export function ownUdpChain(wanted: Wanted): NftPart {
  if (wanted.flows === undefined || !leadsOwnUdp(wanted)) return {}
  return {
    sets: families.map(freedFlowsSet),
    chains: [
      chain('freed_flows', 'filter hook input priority filter - 1', [
        'ct state != new accept',
        ...families.map((family) => {
          const flow = `${protocolWord(family)} saddr . udp sport . udp dport`
          return `${flow} @${freedFlows(family)} drop`
        }),
      ]),
    ],
  }
}

/** The set of the flows that were let go of: the other end's address and port, and our port. */
export function freedFlows(family: Family): string {
  return `freed_flows_${family}`
}

/** Until this machine sends again: a tunnel's keepalive comes each 25 s or so. */
function freedFlowsSet(family: Family): PacketSet {
  return {
    kind: 'set',
    name: freedFlows(family),
    type: `${family}_addr . inet_service . inet_service`,
    timeout: '1m',
    size: 4_096,
    elements: null,
  }
}

/** For what no policy has marked, after those that stay where they are. */
export function ownUdpRules(wanted: Wanted, { rest }: Classes): string[] {
  const { uplinks, decision, flows, nat6 } = wanted
  if (flows === undefined || !leadsOwnUdp(wanted)) return []
  const translated = families.filter((family) => family === 'ipv4' || nat6 !== false)
  return translated.flatMap((family) => {
    const current = decision.policies.get('default')?.[family].wan ?? null
    const carrier = uplinks.find(({ name }) => name === current)
    if (carrier === undefined) return []
    return uplinks
      .filter((uplink) => uplink !== carrier)
      .flatMap((uplink) => {
        const isFreed = flows.freed?.[family].includes(uplink.name) === true
        const began = `${notDhcp} ct direction original`
        // What was led here before stays, though its WAN lives again.
        const whose = isFreed ? '' : ` ${connectionMarkIs(wanMark(carrier.index))}`
        const led = heldBy(uplink, uplinks, family).map(
          (condition) => `${condition} ${began}${whose} ${setMark(rest.mark)}`,
        )
        if (!isFreed || led.length === 0) return led
        const flow = `${protocolWord(family)} daddr . udp dport . udp sport`
        const noted = `${began} ${connectionMarkIs(wanMark(uplink.index))}`
        return [`${noted} update @${freedFlows(family)} { ${flow} }`, ...led]
      })
  })
}

/**
 * What would stay on a WAN, whatever the default policy uses: by its source address, or because
 * the program names the link for each packet, as WireGuard's does that runs in user space.
 */
function heldBy(uplink: Uplink, uplinks: readonly Uplink[], family: Family): readonly string[] {
  const own = tellingAddresses(uplink, uplinks, family).map(({ address }) => address)
  if (own.length === 0) return []
  return [
    `${protocolWord(family)} saddr { ${own.join(', ')} }`,
    ...leaving(uplink)
      .filter((way) => way.family === family)
      .map(({ condition }) => condition),
  ]
}

/** A lease is renewed with the server that gave it, behind its own line (RFC 2131, RFC 8415). */
export const dhcpPorts: readonly number[] = [68, 546]
const notDhcp = `udp sport != { ${dhcpPorts.join(', ')} }`
