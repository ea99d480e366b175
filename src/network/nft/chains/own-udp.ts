/**
 * This machine's own UDP from an address of a WAN that it doesn't use now. The kernel gives a socket
 * that address once and for ever, and the rule by it would keep the socket on the line. Where the
 * line is dead, or metered and left, such packets get the mark of the default policy, and so its
 * WAN and an address that gets replies there. Answers to what began outside never come here: they
 * have the mark of the WAN where it came in.
 */
import { families } from '../../../model/address.ts'
import { wanMark } from '../../../model/marks.ts'
import type { Classes } from '../../policies/traffic-classes.ts'
import { tellingAddresses } from '../../shared-addresses.ts'
import type { FlowWishes, Wanted } from '../../wanted.ts'
import { connectionMarkIs, protocolWord, setMark } from '../nft-words.ts'

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
        const own = tellingAddresses(uplink, uplinks, family).map(({ address }) => address)
        if (own.length === 0) return []
        const from = `${protocolWord(family)} saddr { ${own.join(', ')} }`
        // What was led here before stays, though its WAN lives again.
        const isFreed = flows.freed?.[family].includes(uplink.name) === true
        const whose = isFreed ? '' : ` ${connectionMarkIs(wanMark(carrier.index))}`
        return `${from} ${notDhcp} ct direction original${whose} ${setMark(rest.mark)}`
      })
  })
}

/** A lease is renewed with the server that gave it, behind its own line (RFC 2131, RFC 8415). */
const notDhcp = 'udp sport != { 68, 546 }'
