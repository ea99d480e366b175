/** Address arithmetic for the fakes, apart from the product's own so that both can't be wrong. */
import { BlockList } from 'node:net'
import ipaddr from 'ipaddr.js'

export function networkContains(cidr: string, address: string): boolean {
  const [network = '', length = ''] = cidr.split('/')
  const kind = network.includes(':') ? 'ipv6' : 'ipv4'
  if (address.includes(':') !== (kind === 'ipv6')) return false
  return listOf(network, Number(length), kind).check(address, kind)
}

/** Making one takes ten times as long as a look into it, and a simulation asks for the same ones. */
const lists = new Map<string, BlockList>()

function listOf(network: string, length: number, kind: 'ipv4' | 'ipv6'): BlockList {
  const key = `${network}/${length}`
  const known = lists.get(key)
  if (known !== undefined) return known
  const list = new BlockList()
  list.addSubnet(network, length, kind)
  if (lists.size >= mostLists) lists.clear()
  lists.set(key, list)
  return list
}

const mostLists = 1_000

/** `192.168.0.3`, 24 → `192.168.0.0/24`. */
export function networkOfAddress(address: string, prefixLength: number): string {
  const cidr = `${address}/${prefixLength}`
  const network = address.includes(':')
    ? ipaddr.IPv6.networkAddressFromCIDR(cidr)
    : ipaddr.IPv4.networkAddressFromCIDR(cidr)
  return `${network.toString()}/${prefixLength}`
}
