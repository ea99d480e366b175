/** Where on this host the shared address belongs, and the host without it. */

import { familyOf } from '../../model/address.ts'
import type { Address, HostState } from '../../model/host.ts'
import type { PairPlace } from '../../model/pair.ts'
import type { PairSettings } from '../../model/settings/settings.ts'
import { onLinkNetworks } from '../neighbours.ts'
import { contains, networkOf } from '../networks.ts'

export type FoundPlace =
  | { readonly kind: 'found'; readonly place: PairPlace }
  | { readonly kind: 'missing'; readonly problem: string }

/** `host` is one without the shared address. */
export function pairPlace(pair: PairSettings, host: HostState): FoundPlace {
  const { address, address6, peer, group, advertMs } = pair
  const link = linkOf(pair, host)
  if (link === null) {
    const networks = onLinkNetworks(host.addresses, 'ipv4').join(', ')
    return missing(`${address} is in no network of this host (${networks})`)
  }
  const found = host.links.find(({ name }) => name === link)
  if (found === undefined) return missing(`the interface ${link} does not exist (yet)`)
  const own = ownAddress(link, address, host)
  if (own === null) return missing(`${link} has no IPv4 address in the network of ${address} (yet)`)
  if (own === peer) return missing(`pair.peer is this box itself (${peer}): name the other one`)
  // Alone in its network, it takes no route along when it goes, and goes with no other address.
  const shared = [`${address}/32`, ...(address6 === null ? [] : [`${address6}/64`])]
  return { kind: 'found', place: { addresses: shared, link, own, peer, group, advertMs } }
}

/** What is shared is nobody's own: no WAN's, and not this host's. */
export function withoutShared(host: HostState, pair: PairSettings | null): HostState {
  if (pair === null) return host
  const shared = [pair.address, pair.address6]
  const addresses = host.addresses.filter(({ address }) => !shared.includes(address))
  return addresses.length === host.addresses.length ? host : { ...host, addresses }
}

function linkOf({ interface: given, address }: PairSettings, host: HostState): string | null {
  if (given?.kind === 'name') return given.name
  if (given?.kind === 'mac') return host.links.find(({ mac }) => mac === given.mac)?.name ?? null
  const around = host.addresses.filter((own) => holds(own, address))
  return around.toSorted((a, b) => b.prefixLength - a.prefixLength)[0]?.link ?? null
}

function ownAddress(link: string, shared: string, host: HostState): string | null {
  const own = host.addresses.filter((one) => one.link === link && one.usable && holds(one, shared))
  return own[0]?.address ?? null
}

function holds(own: Address, address: string): boolean {
  return (
    own.family === familyOf(address) && own.prefixLength < 32 && contains(networkOf(own), address)
  )
}

function missing(problem: string): FoundPlace {
  return { kind: 'missing', problem }
}
