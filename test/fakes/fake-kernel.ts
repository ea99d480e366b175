/**
 * A kernel in memory that does to links, addresses, rules and routes what Linux does, the traps
 * included: gateway routes vanish with their link and don't return, equal priorities keep their
 * order, a change may come without a sign. It passes the contract suite of the real adapter.
 */

import type {
  ChangeFailure,
  ForgetOwnQuestion,
  ForgetQuestion,
  Kernel,
  UnansweredQuestion,
} from '../../src/kernel/port.ts'
import type { KernelSign } from '../../src/model/event.ts'
import type { TcpFlow } from '../../src/model/flow.ts'
import type {
  Address,
  Capabilities,
  ForwardingState,
  HostState,
  Link,
  Route,
  RouteAnswer,
  RouteQuestion,
  Rule,
} from '../../src/model/host.ts'
import type { Change } from '../../src/network/diff/change.ts'
import { describeChange } from '../../src/network/diff/operations.ts'
import { exampleCapabilities, exampleForwarding } from '../examples/example-capabilities.ts'
import { connectedRoute, exampleAddress } from '../examples/example-route.ts'
import { kernelRules } from '../examples/example-rule.ts'
import { FakeDockerUser } from './fake-docker-user.ts'
import { goesBy, sameRouteKey, sameRule } from './fake-kernel-entries.ts'
import { networkContains } from './fake-network.ts'
import { walkRules } from './fake-route-walk.ts'

export class FakeKernel implements Kernel {
  capabilityState: Capabilities = exampleCapabilities()
  forwardingState: ForwardingState = exampleForwarding()
  /** What `counters` answers while our table stands. */
  counterBytes: ReadonlyMap<string, number> = new Map()
  /** What `tcpFlows` answers for any WAN. */
  flows: readonly TcpFlow[] = []
  /** Whose routers `askRouters` was to ask. */
  readonly askedRouters: string[] = []
  readonly forgottenMarks: number[] = []
  /** The marks that `forgetUnanswered` was asked for. */
  readonly unansweredMarks: number[] = []
  /** What `forgetQueries` was asked for. */
  readonly forgottenQueries: (readonly string[] | null)[] = []
  /** What the next `forgetUnmasqueraded` says it forgot. */
  unmasqueradedFlows = 0
  readonly forgotten: (readonly string[])[] = []
  /** Every change that `apply` got, in order. */
  readonly applied: Change[] = []
  /** Makes a change fail with the text that it returns. */
  refuse: (change: Change) => string | null = () => null
  /** Makes `read` reject with this. */
  readError: Error | null = null
  closed = false

  readonly #links: Link[] = [
    { index: 1, name: 'lo', up: true, carrier: true, type: 'loopback', mac: null },
  ]
  #addresses: Address[] = []
  #routes: Route[] = []
  #rules: Rule[] = [...kernelRules]
  #nft: string | null = null
  readonly dockerUser = new FakeDockerUser()
  #quiet = false
  readonly #bytes = new Map<string, { readonly received: number; readonly sent: number }>()
  readonly #neighbours = new Map<string, string>()
  readonly #listeners: ((sign: KernelSign) => void)[] = []

  async read(): Promise<HostState> {
    if (this.readError !== null) throw this.readError
    return {
      links: [...this.#links],
      addresses: [...this.#addresses],
      routes: [...this.#routes],
      rules: [...this.#rules],
      ipv6: true,
      nft: this.#nft,
      docker: this.dockerUser.filter(),
    }
  }

  async apply(changes: readonly Change[]): Promise<readonly ChangeFailure[]> {
    const failures: ChangeFailure[] = []
    for (const change of changes) {
      this.applied.push(change)
      const error = this.closed
        ? 'the daemon is ending'
        : (this.refuse(change) ?? this.#applyOne(change))
      if (error !== null) failures.push({ change, error: `${describeChange(change)}: ${error}` })
    }
    return failures
  }

  async routeGet(question: RouteQuestion): Promise<RouteAnswer> {
    return walkRules(question, {
      rules: this.#rules,
      routes: this.#routes,
      addresses: this.#addresses,
    })
  }

  watch(listener: (sign: KernelSign) => void): void {
    this.#listeners.push(listener)
  }

  async capabilities(): Promise<Capabilities> {
    return this.capabilityState
  }

  async forwarding(): Promise<ForwardingState> {
    return this.forwardingState
  }

  async linkBytes(link: string): Promise<{ received: number; sent: number } | null> {
    if (this.#link(link) === undefined) return null
    return this.#bytes.get(link) ?? { received: 0, sent: 0 }
  }

  async counters(): Promise<ReadonlyMap<string, number> | null> {
    if (this.#nft === null) return new Map()
    const written = /counter (\S+) \{ packets \d+ bytes (\d+)/g
    const made = [...this.#nft.matchAll(written)].map(
      ([, name = '', bytes]) => [name, Number(bytes)] as const,
    )
    return new Map([...made, ...this.counterBytes])
  }

  async neighbourState(address: string, link: string): Promise<string | null> {
    return this.#neighbours.get(`${address} ${link}`) ?? null
  }

  askRouters(link: string): void {
    this.askedRouters.push(link)
  }

  async forgetUnmasqueraded(sources: readonly string[]): Promise<number> {
    this.forgotten.push(sources)
    return this.unmasqueradedFlows
  }

  async tcpFlows(): Promise<readonly TcpFlow[]> {
    return this.flows
  }

  async forgetFlows({ mark }: ForgetQuestion): Promise<void> {
    this.forgottenMarks.push(mark)
  }

  async forgetUnanswered({ mark }: UnansweredQuestion): Promise<void> {
    this.unansweredMarks.push(mark)
  }

  async forgetOwnFlows({ mark }: ForgetOwnQuestion): Promise<void> {
    this.forgottenMarks.push(mark)
  }

  async forgetQueries(resolvers: readonly string[] | null): Promise<void> {
    this.forgottenQueries.push(resolvers)
  }

  async close(): Promise<void> {
    this.closed = true
    this.#listeners.length = 0
  }

  // What others do to the host.

  /** What `work` does comes without a sign, as Linux does with some route deletions. */
  quietly(work: () => void): void {
    this.#quiet = true
    work()
    this.#quiet = false
  }

  addLink(name: string, options: Partial<Link> = {}): void {
    const index = Math.max(...this.#links.map((link) => link.index)) + 1
    const mac = `02:00:00:00:00:${index.toString(16).padStart(2, '0')}`
    this.#links.push({ index, name, up: true, carrier: true, type: 'ether', mac, ...options })
    this.#sign({ kind: 'routing' })
  }

  removeLink(name: string): void {
    this.#dropRoutesOf(name)
    this.#addresses = this.#addresses.filter(({ link }) => link !== name)
    const position = this.#links.findIndex((link) => link.name === name)
    if (position >= 0) this.#links.splice(position, 1)
    this.#sign({ kind: 'routing' })
  }

  setLinkUp(name: string, up: boolean): void {
    this.#changeLink(name, { up, carrier: up })
    if (up) {
      for (const address of this.#addresses) if (address.link === name) this.#connect(address)
    } else {
      this.#dropRoutesOf(name)
      // Linux keeps the IPv4 addresses of a link that is down, not the IPv6 ones.
      this.#addresses = this.#addresses.filter(
        ({ link, family }) => link !== name || family === 'ipv4',
      )
    }
    this.#sign({ kind: 'routing' })
  }

  /** A pulled cable: the routes stay. */
  setCarrier(name: string, carrier: boolean): void {
    this.#changeLink(name, { carrier })
    this.#sign({ kind: 'routing' })
  }

  /** `text` is an address with its prefix length, as `192.168.0.3/24`. */
  addAddress(link: string, text: string): void {
    const address = exampleAddress(link, text)
    this.#addresses.push(address)
    if (this.#link(link)?.up === true) this.#connect(address)
    this.#sign({ kind: 'routing' })
  }

  removeAddress(link: string, text: string): void {
    const gone = exampleAddress(link, text)
    this.#addresses = this.#addresses.filter(
      (address) => address.link !== link || address.address !== gone.address,
    )
    const connected = connectedRoute(gone)
    const left = this.#addresses.some(
      (address) => address.link === link && address.family === gone.family,
    )
    this.#routes = this.#routes.filter((route) => {
      if (sameRouteKey(route, connected)) return false
      if (route.source === gone.address) return false
      // With its last IPv4 address a link loses every IPv4 route.
      return left || gone.family === 'ipv6' || !goesBy(route, link)
    })
    this.#sign({ kind: 'routing' })
  }

  addRoute(route: Route): void {
    this.#replaceRoute(route)
    this.#sign({ kind: 'routing' })
  }

  removeRoute(route: Route): void {
    this.#routes = this.#routes.filter((other) => !sameRouteKey(other, route))
    this.#sign({ kind: 'routing' })
  }

  addRule(rule: Rule): void {
    this.#insertRule(rule)
    this.#sign({ kind: 'routing' })
  }

  removeRules(matches: (rule: Rule) => boolean): void {
    this.#rules = this.#rules.filter((rule) => !matches(rule))
    this.#sign({ kind: 'routing' })
  }

  /** What Docker, or somebody else, does to its chains. */
  changeDocker(change: (docker: FakeDockerUser) => void): void {
    change(this.dockerUser)
    this.#sign({ kind: 'firewall' })
  }

  removeNft(): void {
    this.#nft = null
    this.#sign({ kind: 'nft' })
  }

  setNeighbour(address: string, link: string, state: string): void {
    this.#neighbours.set(`${address} ${link}`, state)
    if (state !== 'FAILED') return
    const family = address.includes(':') ? 'ipv6' : 'ipv4'
    this.#sign({ kind: 'neighbour_failed', family, address, link })
  }

  setLinkBytes(link: string, bytes: { readonly received: number; readonly sent: number }): void {
    this.#bytes.set(link, bytes)
  }

  // Inside.

  #applyOne(change: Change): string | null {
    switch (change.kind) {
      case 'add_rule':
        this.#insertRule(change.rule)
        break
      case 'delete_rule': {
        const position = this.#rules.findIndex((rule) => sameRule(rule, change.rule))
        if (position >= 0) this.#rules.splice(position, 1)
        break
      }
      case 'replace_route': {
        const error = this.#whyNot(change.route)
        if (error !== null) return error
        this.#replaceRoute(change.route)
        break
      }
      case 'delete_route':
        this.#routes = this.#routes.filter(
          (route) =>
            !(sameRouteKey(route, change.route) && route.protocol === change.route.protocol),
        )
        break
      case 'replace_nft':
        // What is in a set is not listed.
        if (typeof change.refill !== 'string') this.#nft = change.script
        break
      case 'delete_nft':
        this.#nft = null
        break
      case 'add_accept': {
        const error = this.dockerUser.add(change.accept)
        if (error !== null) return error
        break
      }
      case 'delete_accept':
        this.dockerUser.remove(change.accept)
        break
    }
    this.#sign({ kind: signOf(change) })
    return null
  }

  #whyNot(route: Route): string | null {
    for (const hop of route.nextHops) {
      const link = this.#link(hop.link)
      if (link === undefined) return `Cannot find device "${hop.link}"`
      if (!link.up) return 'Device for nexthop is not up.'
      if (hop.gateway === null || hop.onlink || this.#isNeighbour(hop.gateway, hop.link)) continue
      return 'Nexthop has invalid gateway.'
    }
    return null
  }

  /** IPv6 routers speak from link-local addresses, which every link has. */
  #isNeighbour(gateway: string, link: string): boolean {
    if (gateway.startsWith('fe80:')) return true
    return this.#routes.some(
      (route) =>
        route.nextHops.some((hop) => hop.gateway === null && hop.link === link) &&
        networkContains(route.destination, gateway),
    )
  }

  #replaceRoute(route: Route): void {
    this.#routes = [...this.#routes.filter((other) => !sameRouteKey(other, route)), route]
  }

  #insertRule(rule: Rule): void {
    // The kernel doesn't look at the protocol when it asks whether the rule is there already.
    if (this.#rules.some((other) => sameRule({ ...other, protocol: rule.protocol }, rule))) return
    const rules = [...this.#rules.filter(({ family }) => family === rule.family), rule]
    rules.sort((one, two) => one.priority - two.priority)
    const others = this.#rules.filter(({ family }) => family !== rule.family)
    this.#rules = rule.family === 'ipv4' ? [...rules, ...others] : [...others, ...rules]
  }

  #connect(address: Address): void {
    this.#replaceRoute(connectedRoute(address))
  }

  #dropRoutesOf(link: string): void {
    this.#routes = this.#routes.flatMap((route) => {
      if (!goesBy(route, link)) return [route]
      const nextHops = route.nextHops.filter((hop) => hop.link !== link)
      return nextHops.length === 0 ? [] : [{ ...route, nextHops }]
    })
  }

  #link(name: string): Link | undefined {
    return this.#links.find((link) => link.name === name)
  }

  #changeLink(name: string, change: Partial<Link>): void {
    const position = this.#links.findIndex((link) => link.name === name)
    const link = this.#links[position]
    if (link === undefined) throw new Error(`the fake kernel has no link ${name}`)
    this.#links[position] = { ...link, ...change }
  }

  /** In a later turn, as the real monitor does; a microtask needs no clock. */
  #sign(sign: KernelSign): void {
    if (this.#quiet) return
    queueMicrotask(() => {
      for (const listener of this.#listeners) listener(sign)
    })
  }
}

function signOf(change: Change): 'routing' | 'nft' | 'firewall' {
  if ('rule' in change || 'route' in change) return 'routing'
  return 'accept' in change ? 'firewall' : 'nft'
}
