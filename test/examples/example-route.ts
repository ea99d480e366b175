/** Addresses and routes as the kernel would tell them, from a few words. */
import { defaultDestination, type Family } from '../../src/model/address.ts'
import type { Address, NextHop, Route } from '../../src/model/host.ts'
import { ourProtocol } from '../../src/model/marks.ts'
import { networkOfAddress } from '../fakes/fake-network.ts'

/** `default via 192.168.0.1 dev eth0 metric 100`, `10.8.0.0/16 dev wg0 table 7`, `default -6 …`. */
export function exampleRoute(text: string, changes: Partial<Route> = {}): Route {
  const words = text.split(' ')
  const [first = ''] = words
  const has = (word: string): boolean => words.includes(word)
  const after = (word: string): string | null =>
    has(word) ? (words[words.indexOf(word) + 1] ?? null) : null
  const family = has('-6') ? 'ipv6' : familyOf(first)
  const link = after('dev')
  return {
    family,
    table: Number(after('table') ?? 254),
    destination: first === 'default' ? defaultDestination[family] : first,
    type: 'unicast',
    protocol: 3,
    metric: Number(after('metric') ?? (family === 'ipv4' ? 0 : 1024)),
    scope: null,
    source: null,
    mtu: null,
    nextHops: link === null ? [] : [{ ...by(after('via'), link), onlink: has('onlink') }],
    ...changes,
  }
}

/** A route of ours by the gateway of link `one`, unless told otherwise. */
export function ourRoute(route: Partial<Route> & { readonly destination: string }): Route {
  const gateway = familyOf(route.destination) === 'ipv4' ? '192.168.1.1' : '2001:db8:1::1'
  const text = `${route.destination} via ${gateway} dev one table 100`
  return exampleRoute(text, { protocol: ourProtocol, ...route })
}

/** The next hop of a route; without a gateway the neighbours themselves. */
export function by(gateway: string | null, link = 'one'): NextHop {
  return { gateway, link, weight: 1, onlink: false }
}

/** `192.168.0.3/24`, `2001:db8::3/64`, `fe80::3/64`. */
export function exampleAddress(link: string, text: string): Address {
  const [address = '', length = ''] = text.split('/')
  const scope = address.startsWith('fe80') ? 'link' : 'global'
  const prefixLength = Number(length)
  return { family: familyOf(address), link, address, prefixLength, scope, usable: true }
}

/** The kernel's own route to the neighbours, protocol 2. */
export function connectedRoute({ family, link, address, prefixLength }: Address): Route {
  const network = networkOfAddress(address, prefixLength)
  const ofFamily =
    family === 'ipv4' ? { scope: 'link', source: address, metric: 0 } : { metric: 256 }
  return exampleRoute(`${network} dev ${link}`, { protocol: 2, ...ofFamily })
}

function familyOf(text: string): Family {
  return text.includes(':') ? 'ipv6' : 'ipv4'
}
