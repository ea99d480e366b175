/**
 * Counts what each device sends and gets by each WAN, as far as it passes this machine: bytes by
 * address, in sets that packets fill. Their size bounds what a flood of forged senders can cost:
 * once a set is full, the kernel counts whom it knows, and lets everybody pass as before.
 *
 * Connection tracking would tell less: it counts bytes only where the host's settings say so, it
 * forgets a flow that has ended, and it walks every flow of the house for each question.
 */
import type { Family } from '../../../model/address.ts'
import type { Uplink } from '../../../model/uplink.ts'
import type { Wanted } from '../../wanted.ts'
import type { Near } from '../near.ts'
import type { NftPart } from '../nft-part.ts'
import type { PacketSet } from '../nft-table.ts'
import { chain, leaving, protocolWord } from '../nft-words.ts'
import { comingBy } from './metering-chains.ts'

/** Of one WAN and family; a device has one IPv4 address, and a handful of IPv6 ones a day. */
export const mostCounted = 1_024

/** Who says nothing for so long is forgotten, and counted anew when it comes back. */
export const countedForS = 86_400

/** The name of the set that has a device's bytes by this WAN. */
export function deviceSet(wan: string, family: Family): string {
  return `devices_${wan}_${family}`
}

export function deviceChains(wanted: Wanted, near: Near): NftPart {
  // A plan says nothing of what is counted, see `Wanted`.
  if (wanted.flows === undefined || wanted.setCounters === false) return {}
  const parts = wanted.uplinks.map((uplink) => uplinkPart(uplink, wanted, near))
  const sets = parts.flatMap((part) => part.sets)
  if (sets.length === 0) return {}
  const rules = parts.flatMap((part) => part.rules)
  // Behind all that may drop a packet, as far as we can know; `devices` itself is a word of nft.
  return { sets, chains: [chain('by_device', 'filter hook forward priority 21', rules)] }
}

interface UplinkPart {
  readonly sets: readonly PacketSet[]
  readonly rules: readonly string[]
}

/** Only who sends comes into a set: no scan from outside fills it with addresses of nobody. */
function uplinkPart(uplink: Uplink, wanted: Wanted, near: Near): UplinkPart {
  const ways = leaving(uplink)
  const back = comingBy(uplink, wanted, near).map(({ family, condition }) => {
    const device = `${protocolWord(family)} daddr`
    return `${condition} ${device} @${deviceSet(uplink.name, family)} accept`
  })
  const out = ways.map(({ family, hop, condition }) => {
    const device = `${protocolWord(family)} saddr`
    const set = deviceSet(uplink.name, family)
    // By the gateway go few bytes that aren't for the Internet: not worth a look at each packet.
    const outside = hop.kind === 'gateway' ? '' : `${near.notTo[family]} `
    return `${condition} ${outside}update @${set} { ${device} counter } accept`
  })
  return { sets: ways.map(({ family }) => packetSet(uplink, family)), rules: [...back, ...out] }
}

function packetSet({ name }: Uplink, family: Family): PacketSet {
  return {
    kind: 'set',
    name: deviceSet(name, family),
    type: `${family}_addr`,
    timeout: '1d',
    size: mostCounted,
    elements: null,
  }
}
