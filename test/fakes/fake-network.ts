/** Address arithmetic for the fakes, apart from the product's own so that both can't be wrong. */
import { BlockList } from 'node:net'
import ipaddr from 'ipaddr.js'

export function networkContains(cidr: string, address: string): boolean {
  const [network = '', length = ''] = cidr.split('/')
  const kind = network.includes(':') ? 'ipv6' : 'ipv4'
  if (address.includes(':') !== (kind === 'ipv6')) return false
  const list = new BlockList()
  list.addSubnet(network, Number(length), kind)
  return list.check(address, kind)
}

/** `192.168.0.3`, 24 → `192.168.0.0/24`. */
export function networkOfAddress(address: string, prefixLength: number): string {
  const cidr = `${address}/${prefixLength}`
  const network = address.includes(':')
    ? ipaddr.IPv6.networkAddressFromCIDR(cidr)
    : ipaddr.IPv4.networkAddressFromCIDR(cidr)
  return `${network.toString()}/${prefixLength}`
}
