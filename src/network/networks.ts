/** Arithmetic of addresses and networks, both families, in canonical text. */
import ipaddr from 'ipaddr.js'
import type { Address } from '../model/host.ts'

export function contains(cidr: string, address: string): boolean {
  const [network, prefixLength] = ipaddr.parseCIDR(cidr)
  const parsed = ipaddr.parse(address)
  return parsed.kind() === network.kind() && parsed.match(network, prefixLength)
}

/** The network that an address lies in, as a CIDR. */
export function networkOf({
  address,
  prefixLength,
}: Pick<Address, 'address' | 'prefixLength'>): string {
  const text = `${address}/${prefixLength}`
  const network =
    ipaddr.parse(address).kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(text)
      : ipaddr.IPv6.networkAddressFromCIDR(text)
  return `${network.toString()}/${prefixLength}`
}

/** The elements that lie in no other: nft refuses a set in which one lies within another. */
export function withoutContained(elements: readonly string[]): string[] {
  const distinct = [...new Set(elements)]
  return distinct.filter((element) => !distinct.some((other) => isWithin(element, other)))
}

function isWithin(element: string, other: string): boolean {
  const [address = '', length = '128'] = element.split('/')
  const [, otherLength] = other.split('/')
  if (otherLength === undefined || Number(otherLength) >= Number(length)) return false
  return contains(other, address)
}
