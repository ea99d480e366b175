/**
 * Routes as text: the lines of `ip -batch` that `plan` shows too, and the words of logs. What one
 * of these lines adds is read back equal to the route it was made from. It must never write a type
 * that the model doesn't know: such a route is not ours.
 */
import { defaultDestination, type Family, familyWord } from '../../model/address.ts'
import type { NextHop, Route } from '../../model/host.ts'

/** Behind `route replace`; throws where the route's type is none that the model knows. */
export function routeText(route: Route): string {
  return [
    ...typeWords(route),
    destinationText(route),
    `table ${route.table}`,
    `proto ${route.protocol}`,
    ...routeWords(route),
  ].join(' ')
}

/** Behind `route del`: what a route is known by. Its way may have changed meanwhile. */
export function routeKeyText(route: Route): string {
  const words = [
    ...typeWords(route),
    destinationText(route),
    `table ${route.table}`,
    `proto ${route.protocol}`,
  ]
  if (route.metric !== 0) words.push(`metric ${route.metric}`)
  return words.join(' ')
}

export function describeRoute(route: Route): string {
  const type = route.type === 'unicast' ? [] : [route.type]
  const words = [...type, destinationText(route), ...routeWords(route)]
  return `${familyWord(route.family)}route ${words.join(' ')} in table ${route.table}`
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
    // An IPv4 route may go by an IPv6 gateway (RFC 5549), which `ip` wants spelled out.
    const foreign = family === 'ipv4' && hop.gateway.includes(':')
    words.push(`via ${foreign ? 'inet6 ' : ''}${hop.gateway}`)
  }
  words.push(`dev ${hop.link}`)
  if (hop.onlink) words.push('onlink')
  return words
}
