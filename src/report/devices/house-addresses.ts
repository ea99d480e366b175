import type { Address, HostState } from '../../model/host.ts'
import { contains } from '../../network/networks.ts'

/** This host's addresses in the house's networks: others on a provider's network are strangers. */
export function houseAddresses(
  { addresses }: Pick<HostState, 'addresses'>,
  clientLinks: readonly string[],
): readonly Address[] {
  return addresses.filter(
    ({ link, address, usable }) =>
      usable &&
      clientLinks.includes(link) &&
      privateNetworks.some((network) => contains(network, address)),
  )
}

/** RFC 1918 and RFC 4193. */
const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']
