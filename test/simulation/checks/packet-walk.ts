/**
 * Which way a packet goes by the rules and routes of a host. It says a second time what the
 * kernel does, apart from the product's own, and quick: a run asks it a hundred thousand times.
 */
import type { HostState, Route, RouteQuestion, Rule } from '../../../src/model/host.ts'
import { networkContains } from '../../fakes/fake-network.ts'

export interface Way {
  readonly table: number
  readonly link: string
  readonly gateway: string | null
  /** The prefix length of the route's destination; 0 is a default route. */
  readonly prefixLength: number
}

export class PacketWalk {
  readonly #known = new Map<string, boolean>()

  /** null: it goes nowhere. */
  wayOf(packet: RouteQuestion, host: HostState): Way | null {
    for (const rule of host.rules) {
      if (!this.#matches(rule, packet)) continue
      if (rule.action.kind === 'other') continue
      if (rule.action.kind !== 'lookup') return null
      const { table, suppressPrefixLength } = rule.action
      const route = this.#bestRoute(table, packet, host.routes)
      if (route === null || route.type === 'throw') continue
      const [hop] = route.nextHops
      if (route.type !== 'unicast' || hop === undefined) return null
      const prefixLength = Number(route.destination.split('/')[1])
      if (suppressPrefixLength !== null && prefixLength <= suppressPrefixLength) continue
      return { table, link: hop.link, gateway: hop.gateway, prefixLength }
    }
    return null
  }

  #matches(rule: Rule, packet: RouteQuestion): boolean {
    const { mark, incoming, from, to, sourcePorts: ports } = rule
    if (rule.family !== packet.family || rule.other !== null) return false
    if (mark !== null && ((packet.mark ?? 0) & mark.mask) >>> 0 !== mark.value) return false
    if (incoming !== null && incoming !== (packet.incoming ?? 'lo')) return false
    if (from !== null && !this.#contains(from, packet.from)) return false
    if (to !== null && !this.#contains(to, packet.target)) return false
    const port = packet.sourcePort
    if (rule.ipProtocol !== null && (port === undefined || rule.ipProtocol !== 'udp')) return false
    return ports === null || (port !== undefined && port >= ports.first && port <= ports.last)
  }

  #bestRoute(table: number, packet: RouteQuestion, routes: readonly Route[]): Route | null {
    let best: Route | null = null
    let bestLength = -1
    for (const route of routes) {
      if (route.table !== table || route.family !== packet.family) continue
      const length = Number(route.destination.slice(route.destination.indexOf('/') + 1))
      if (length < bestLength || (length === bestLength && route.metric >= (best?.metric ?? 0))) {
        continue
      }
      if (!this.#contains(route.destination, packet.target)) continue
      best = route
      bestLength = length
    }
    return best
  }

  #contains(cidr: string, address: string | undefined): boolean {
    if (address === undefined) return false
    const question = `${cidr} ${address}`
    const known = this.#known.get(question)
    if (known !== undefined) return known
    const answer = networkContains(cidr, address)
    this.#known.set(question, answer)
    return answer
  }
}
