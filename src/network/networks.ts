/** Arithmetic of addresses and networks, both families, in canonical text. */
import ipaddr from 'ipaddr.js'
import { familyOf } from '../model/address.ts'
import type { Address } from '../model/host.ts'
import { type AddressRange, rangeOf } from './nft/address-ranges.ts'

export function contains(cidr: string, address: string): boolean {
  // Most pairs are of two families, and parsing takes most of the time of a plan.
  if (familyOf(cidr) !== familyOf(address)) return false
  const [network, prefixLength] = ipaddr.parseCIDR(cidr)
  const parsed = ipaddr.parse(address)
  return parsed.kind() === network.kind() && parsed.match(network, prefixLength)
}

/** Whether the other lies in the network of the first. A host of many addresses asks this each turn. */
export function isBeside(
  { address, prefixLength }: Pick<Address, 'address' | 'prefixLength'>,
  other: string,
): boolean {
  return contains(`${address}/${prefixLength}`, other)
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

/** An address as the network of it alone; a network stays as it is. */
export function asNetwork(text: string): string {
  if (text.includes('/')) return text
  return `${text}/${familyOf(text) === 'ipv4' ? 32 : 128}`
}

/** The elements that lie in no other: nft refuses a set in which one lies within another. */
export function withoutContained(elements: readonly string[]): string[] {
  const ranges = [...new Set(elements)].map((element) => rangeOf(element, element))
  const widestFirst = ranges.toSorted(
    (a, b) => compare(a.family, b.family) || compare(a.first, b.first) || compare(b.last, a.last),
  )
  const kept = new Set<string>()
  let before: AddressRange<string> | null = null
  for (const range of widestFirst) {
    if (before !== null && before.family === range.family && range.last <= before.last) continue
    kept.add(range.value)
    before = range
  }
  return ranges.map(({ value }) => value).filter((element) => kept.has(element))
}

/** Both are CIDRs. */
export function isWithin(inner: string, outer: string): boolean {
  const [address = ''] = inner.split('/')
  return prefixLengthOf(inner) >= prefixLengthOf(outer) && contains(outer, address)
}

export function prefixLengthOf(cidr: string): number {
  return Number(cidr.split('/')[1])
}

function compare<Value extends string | bigint>(a: Value, b: Value): number {
  return a < b ? -1 : Number(a > b)
}
