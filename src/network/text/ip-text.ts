/**
 * Rules and routes as text for `ip -4 -batch` and `ip -6 -batch`, the same lines that `plan` shows.
 * What one of these lines adds is read back equal to the value it was made from. It must never
 * write a selector that the model doesn't know: such a rule or route is somebody else's.
 */
import type { Family } from '../../model/address.ts'
import { defaultDestination } from '../../model/address.ts'
import type { NextHop, Route, Rule } from '../../model/host.ts'
import { nftTable } from '../../model/marks.ts'
import { dockerChain } from '../accepts/desired-accepts.ts'
import type { Change } from '../diff/change.ts'

/** The changes that `ip` carries out; the others are nft's and iptables'. */
export type IpChange = Extract<Change, { readonly rule: Rule } | { readonly route: Route }>

/** A line of a batch, and the family whose `ip` has to be given it. */
export interface IpCommand {
  readonly family: Family
  readonly line: string
}

export function ipCommand(change: IpChange): IpCommand {
  switch (change.kind) {
    case 'add_rule':
      return { family: change.rule.family, line: `rule add ${ruleText(change.rule)}` }
    case 'delete_rule':
      return { family: change.rule.family, line: `rule del ${ruleText(change.rule)}` }
    case 'replace_route':
      return { family: change.route.family, line: `route replace ${routeText(change.route)}` }
    case 'delete_route':
      return { family: change.route.family, line: `route del ${routeKeyText(change.route)}` }
  }
}

/** What a change is about, for errors and logs: `rule 10010 fwmark 0x1000000/0xff000000 …`. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case 'add_rule':
    case 'delete_rule':
      return describeRule(change.rule)
    case 'replace_route':
    case 'delete_route':
      return describeRoute(change.route)
    case 'replace_nft':
    case 'delete_nft':
      return `nft table inet ${nftTable}`
    case 'add_accept':
    case 'delete_accept':
      return `${familyWord(change.accept.family)}rule in ${dockerChain}: ${change.accept.words}`
  }
}

function describeRule(rule: Rule): string {
  const words = [...selectorWords(rule), ...actionWords(rule)]
  if (rule.other !== null) words.push(rule.other)
  return `${familyWord(rule.family)}rule ${rule.priority} ${words.join(' ')}`
}

function describeRoute(route: Route): string {
  const type = route.type === 'unicast' ? [] : [route.type]
  const words = [...type, destinationText(route), ...routeWords(route)]
  return `${familyWord(route.family)}route ${words.join(' ')} in table ${route.table}`
}

function familyWord(family: Family): string {
  return family === 'ipv6' ? 'IPv6 ' : ''
}

function ruleText(rule: Rule): string {
  if (rule.other !== null || rule.action.kind === 'other') {
    throw new Error(`rule ${rule.priority} has selectors that are not ours to write`)
  }
  return [
    `pref ${rule.priority}`,
    ...selectorWords(rule),
    ...actionWords(rule),
    `protocol ${rule.protocol}`,
  ].join(' ')
}

function selectorWords(rule: Rule): string[] {
  const words: string[] = []
  if (rule.from !== null) words.push(`from ${rule.from}`)
  if (rule.to !== null) words.push(`to ${rule.to}`)
  if (rule.mark !== null) words.push(`fwmark ${hex(rule.mark.value)}/${hex(rule.mark.mask)}`)
  if (rule.incoming !== null) words.push(`iif ${rule.incoming}`)
  if (rule.ipProtocol !== null) {
    const icmp = rule.family === 'ipv6' ? 'ipv6-icmp' : 'icmp'
    words.push(`ipproto ${rule.ipProtocol === 'icmp' ? icmp : rule.ipProtocol}`)
  }
  if (rule.sourcePorts !== null) {
    const { first, last } = rule.sourcePorts
    words.push(`sport ${first === last ? first : `${first}-${last}`}`)
  }
  return words
}

function actionWords(rule: Rule): string[] {
  switch (rule.action.kind) {
    case 'lookup': {
      const { table, suppressPrefixLength } = rule.action
      const words = [`lookup ${table}`]
      if (suppressPrefixLength !== null) {
        words.push(`suppress_prefixlength ${suppressPrefixLength}`)
      }
      return words
    }
    case 'unreachable':
    case 'blackhole':
    case 'prohibit':
      return [rule.action.kind]
    case 'other':
      return [rule.action.text]
  }
}

function routeText(route: Route): string {
  return [
    ...typeWords(route),
    destinationText(route),
    `table ${route.table}`,
    `proto ${route.protocol}`,
    ...routeWords(route),
  ].join(' ')
}

/** A route is known by its table, destination and metric; its way may have changed meanwhile. */
function routeKeyText(route: Route): string {
  const words = [
    ...typeWords(route),
    destinationText(route),
    `table ${route.table}`,
    `proto ${route.protocol}`,
  ]
  if (route.metric !== 0) words.push(`metric ${route.metric}`)
  return words.join(' ')
}

function typeWords(route: Route): string[] {
  if (route.type === 'other') {
    throw new Error(`the route to ${route.destination} is of a kind that is not ours to write`)
  }
  return route.type === 'unicast' ? [] : [route.type]
}

function destinationText(route: Route): string {
  return route.destination === defaultDestination[route.family] ? 'default' : route.destination
}

function routeWords(route: Route): string[] {
  const words: string[] = []
  const [only, ...others] = route.nextHops
  // Options of the whole route stand before `nexthop`: behind it they would be the hop's.
  if (only !== undefined && others.length === 0) words.push(...hopWords(route.family, only))
  if (route.metric !== 0) words.push(`metric ${route.metric}`)
  if (route.scope !== null) words.push(`scope ${route.scope}`)
  if (route.source !== null) words.push(`src ${route.source}`)
  if (route.mtu !== null) words.push(`mtu ${route.mtu}`)
  if (others.length > 0) {
    for (const hop of route.nextHops) {
      words.push('nexthop', ...hopWords(route.family, hop), `weight ${hop.weight}`)
    }
  }
  return words
}

function hopWords(family: Family, hop: NextHop): string[] {
  const words: string[] = []
  if (hop.gateway !== null) {
    // An IPv4 route may go by an IPv6 gateway (RFC 5549), which `ip` wants to be told.
    const foreign = family === 'ipv4' && hop.gateway.includes(':')
    words.push(`via ${foreign ? 'inet6 ' : ''}${hop.gateway}`)
  }
  words.push(`dev ${hop.link}`)
  if (hop.onlink) words.push('onlink')
  return words
}

function hex(value: number): string {
  return `0x${value.toString(16)}`
}
