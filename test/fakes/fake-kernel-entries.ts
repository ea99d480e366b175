/** The rules, addresses and routes that Linux makes by itself, and when two of them are the same. */
import type { Family } from '../../src/model/address.ts'
import type { Address, Route, Rule } from '../../src/model/host.ts'
import { networkOfAddress } from './fake-network.ts'

const mainTable = 254

export function initialRules(): Rule[] {
  const lookup = (family: Family, priority: number, table: number): Rule => ({
    family,
    priority,
    protocol: 0,
    mark: null,
    incoming: null,
    from: null,
    to: null,
    ipProtocol: null,
    sourcePorts: null,
    action: { kind: 'lookup', table, suppressPrefixLength: null },
    other: null,
  })
  return [
    lookup('ipv4', 0, 255),
    lookup('ipv4', 32766, mainTable),
    lookup('ipv4', 32767, 253),
    lookup('ipv6', 0, 255),
    lookup('ipv6', 32766, mainTable),
  ]
}

export function addressOf(link: string, text: string): Address {
  const [address = '', length = ''] = text.split('/')
  const family = address.includes(':') ? 'ipv6' : 'ipv4'
  const prefixLength = Number(length)
  return { family, link, address, prefixLength, scope: 'global', usable: true }
}

/** The kernel's own route to the neighbours, protocol 2. */
export function connectedRoute({ family, link, address, prefixLength }: Address): Route {
  const ipv4 = family === 'ipv4'
  return {
    family,
    table: mainTable,
    destination: networkOfAddress(address, prefixLength),
    type: 'unicast',
    protocol: 2,
    metric: ipv4 ? 0 : 256,
    scope: ipv4 ? 'link' : null,
    source: ipv4 ? address : null,
    mtu: null,
    nextHops: [{ gateway: null, link, weight: 1, onlink: false }],
  }
}

export function goesBy(route: Route, link: string): boolean {
  return route.nextHops.some((hop) => hop.link === link)
}

export function sameRouteKey(one: Route, two: Route): boolean {
  return (
    one.family === two.family &&
    one.table === two.table &&
    one.destination === two.destination &&
    one.metric === two.metric
  )
}

export function sameRule(one: Rule, two: Rule): boolean {
  return ruleKey(one) === ruleKey(two)
}

function ruleKey(rule: Rule): string {
  const { mark, sourcePorts, action } = rule
  return JSON.stringify([
    [rule.family, rule.priority, rule.protocol, rule.incoming, rule.from, rule.to],
    [rule.ipProtocol, rule.other, mark?.value, mark?.mask, sourcePorts?.first, sourcePorts?.last],
    action.kind,
    action.kind === 'lookup' ? [action.table, action.suppressPrefixLength] : null,
    action.kind === 'other' ? action.text : null,
  ])
}
