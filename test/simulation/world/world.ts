/**
 * The house around the daemon: its host's kernel, the lines behind it, and other programs. What
 * happens to the host happens to a twin as well, on which the daemon never ran: where the two
 * differ, it is the daemon's doing.
 */
import type { HostState, Route, RouteAnswer, Rule } from '../../../src/model/host.ts'
import { ourProtocol } from '../../../src/model/marks.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { exampleRule, lookUp } from '../../examples/example-rule.ts'
import { FakeKernel } from '../../fakes/fake-kernel.ts'
import type { VirtualClock } from '../../fakes/virtual-clock.ts'
import type { Random } from '../../random.ts'
import { printRoute, printRule } from '../checks/expected-objects.ts'
import { Line, type LinkTruth, takePlaces } from './line.ts'
import { TargetTruth } from './target-truth.ts'
import { furnish, mainDefaults, type Topology } from './topologies.ts'

export class World {
  /** By the options in force. */
  topology: Topology
  readonly kernel = new FakeKernel()
  readonly twin = new FakeKernel()
  /** The WANs of the options in force, in their order. */
  lines: readonly Line[]
  /** All that there are, whatever the options say. */
  readonly everyLine: readonly Line[]
  readonly targets: TargetTruth
  /** What can go on only once at a time, by name. */
  readonly goingOn = new Set<string>()
  /** When others deleted what is ours, by the printed object. */
  readonly deletions = new Map<string, number[]>()
  /** The last change of the host by anybody but the daemon. */
  changedAtMs = 0
  deletedAtMs = Number.NEGATIVE_INFINITY
  /** Until then what is ours may be missing because others delete it. */
  foughtUntilMs = Number.NEGATIVE_INFINITY
  vpnUntilMs = Number.NEGATIVE_INFINITY
  refusingUntilMs = Number.NEGATIVE_INFINITY
  nftUnreadPercent = 0
  nftUnreadUntilMs = Number.NEGATIVE_INFINITY
  readonly #clock: VirtualClock
  readonly #random: Random
  readonly #links = new Map<string, LinkTruth>()

  constructor(topology: Topology, { clock, random }: { clock: VirtualClock; random: Random }) {
    this.topology = topology
    this.targets = new TargetTruth(topology.settings.probe.targets.ipv4)
    this.#clock = clock
    this.#random = random
    for (const kernel of [this.kernel, this.twin]) furnish(kernel, topology)
    for (const name of Object.keys(topology.links)) {
      this.#links.set(name, { present: true, up: true, carrier: true, leased: true })
    }
    this.everyLine = topology.places.map((place) => new Line(place, this.link(place.link)))
    this.lines = this.everyLine
  }

  link(name: string): LinkTruth {
    const link = this.#links.get(name)
    if (link === undefined) throw new Error(`there is no link ${name} in this world`)
    return link
  }

  line(wan: number): Line {
    const line = this.lines[wan]
    if (line === undefined) throw new Error(`there is no WAN ${wan} in this world`)
    return line
  }

  /** By its number among all lines of the house. */
  lineOf(number: number): Line {
    const line = this.everyLine[number]
    if (line === undefined) throw new Error(`there is no line ${number} in this world`)
    return line
  }

  /** Other options are in force. */
  take(topology: Topology): void {
    this.topology = topology
    this.lines = takePlaces(this.everyLine, topology.places)
  }

  /** The line that a packet meets behind its next hop. */
  lineBehind({ nextHop }: Pick<RouteAnswer, 'nextHop'>): Line | null {
    const found = this.everyLine.find(
      ({ place, gateway }) =>
        nextHop !== null &&
        place.link === nextHop.link &&
        (gateway === nextHop.gateway || place.gateway6 === nextHop.gateway),
    )
    return found ?? null
  }

  settle(): void {
    const nowMs = this.#clock.nowMs()
    const speech = this.targets.speech(nowMs)
    for (const line of this.everyLine) line.settle(nowMs, speech)
  }

  // What is done to the host and to its twin.

  setCarrier(name: string, carrier: boolean): void {
    this.link(name).carrier = carrier
    this.#both((kernel) => kernel.setCarrier(name, carrier))
  }

  setUp(name: string, up: boolean): void {
    this.link(name).up = up
    this.#both((kernel) => kernel.setLinkUp(name, up))
    if (!up) return
    const ipv6 = (this.topology.links[name] ?? []).filter((address) => address.includes(':'))
    this.#both((kernel) => ipv6.forEach((address) => void kernel.addAddress(name, address)))
    this.#restoreRoutes(name)
  }

  setPresent(name: string, present: boolean): void {
    this.link(name).present = present
    if (!present) {
      this.#both((kernel) => kernel.removeLink(name))
      return
    }
    this.#both((kernel) => kernel.addLink(name))
    this.setLeased(name, true)
  }

  setLeased(name: string, leased: boolean): void {
    this.link(name).leased = leased
    for (const address of this.topology.links[name] ?? []) {
      this.#both((kernel) =>
        leased ? kernel.addAddress(name, address) : kernel.removeAddress(name, address),
      )
    }
    if (leased) this.#restoreRoutes(name)
    else this.#removeDefaults(name)
  }

  changeGateway(wan: number, gateway: string): void {
    const line = this.lineOf(wan)
    for (const route of mainDefaults(line.place, line.gateway)) {
      this.#both((kernel) => kernel.removeRoute(route))
    }
    line.gateway = gateway
    line.hiccup(this.#clock.nowMs())
    this.#restoreRoutes(line.place.link)
  }

  setDockerNetwork(number: number, there: boolean): void {
    const link = `br-${number}`
    if (there) {
      this.#both((kernel) => {
        kernel.addLink(link)
        kernel.addAddress(link, `172.${20 + number}.0.1/16`)
      })
    } else {
      // Linux reports the link's end, not the route's.
      this.#both((kernel) => kernel.removeLink(link))
    }
  }

  setVpn(there: boolean): void {
    this.vpnUntilMs = there ? Number.POSITIVE_INFINITY : this.#clock.nowMs()
    this.#both((kernel) => {
      if (!there) {
        kernel.removeRules(({ priority }) => priority === vpnRule.priority)
        kernel.removeLink('tun0')
        return
      }
      kernel.addLink('tun0', { type: 'none', mac: null })
      kernel.addRoute(exampleRoute('default dev tun0 table 51820', { scope: 'link' }))
      kernel.addRule(vpnRule)
    })
  }

  setRefusing(percent: number): void {
    this.refusingUntilMs = percent > 0 ? Number.POSITIVE_INFINITY : this.#clock.nowMs()
    this.kernel.refuse = () =>
      this.#random.chance(percent / 100) ? 'Resource temporarily unavailable' : null
  }

  setNftUnread(percent: number): void {
    this.nftUnreadUntilMs = percent > 0 ? Number.POSITIVE_INFINITY : this.#clock.nowMs()
    this.nftUnreadPercent = percent
  }

  tellNeighbourFailed(wan: number): void {
    const { place, gateway } = this.lineOf(wan)
    this.kernel.setNeighbour(gateway, place.link, 'FAILED')
  }

  // What others delete of ours.

  deleteRules(matches: (rule: Rule) => boolean): void {
    this.kernel.removeRules((rule) => {
      if (rule.protocol !== ourProtocol || !matches(rule)) return false
      this.#countDeletion(printRule(rule))
      return true
    })
    this.#changed()
  }

  async deleteRoutes(matches: () => boolean): Promise<void> {
    const { routes } = await this.kernel.read()
    for (const route of routes) {
      if (route.protocol !== ourProtocol || !matches()) continue
      this.#countDeletion(printRoute(route))
      this.#loseDefault(route)
      this.kernel.removeRoute(route)
    }
    this.#changed()
  }

  deleteNft(): void {
    this.#countDeletion('nft')
    this.kernel.removeNft()
    this.#changed()
  }

  /** How often others deleted the object in a minute, if they did so lately. */
  deletionsOf(printed: string): number {
    const times = this.deletions.get(printed) ?? []
    const lastMs = times.at(-1) ?? Number.NEGATIVE_INFINITY
    if (this.#clock.nowMs() - lastMs > fightIsOverMs) return 0
    return times.filter((atMs) => atMs > lastMs - 60_000).length
  }

  /** What is lost so soon after a fight over it is put back late, though it was lost in another way. */
  wasFoughtOver(printed: string, lostMs: number): boolean {
    const lately = (this.deletions.get(printed) ?? []).filter(
      (atMs) => atMs > lostMs - fightCountsMs && atMs <= lostMs,
    )
    return lately.length > 10
  }

  get clockNowMs(): number {
    return this.#clock.nowMs()
  }

  wasDeletedMs(printed: string): number {
    return this.deletions.get(printed)?.at(-1) ?? Number.NEGATIVE_INFINITY
  }

  /** What the host would be without the daemon. */
  async twinState(): Promise<HostState> {
    return await this.twin.read()
  }

  /** Once is to heal; a WAN whose default goes again and again is not sound. */
  #loseDefault(route: Route): void {
    const line = this.lines.find(({ place }) => place.table === route.table)
    const isDefault = route.destination === '0.0.0.0/0'
    if (isDefault && this.deletionsOf(printRoute(route)) > 2) line?.hiccup(this.#clock.nowMs())
  }

  #countDeletion(printed: string): void {
    const nowMs = this.#clock.nowMs()
    this.deletions.set(printed, [...(this.deletions.get(printed) ?? []), nowMs])
    this.deletedAtMs = nowMs
    const count = this.deletionsOf(printed)
    if (count <= 2) return
    const pauseMs = count > 10 ? fightIsOverMs : 3_000
    this.foughtUntilMs = Math.max(this.foughtUntilMs, nowMs + pauseMs)
  }

  /** What NetworkManager does when a link is as it should be again. */
  #restoreRoutes(name: string): void {
    const { present, up, leased } = this.link(name)
    if (!present || !up || !leased) return
    const defaults = this.everyLine
      .filter(({ place }) => place.link === name)
      .flatMap((line) => mainDefaults(line.place, line.gateway))
    const others = this.topology.mainRoutes.filter(({ nextHops }) => nextHops[0]?.link === name)
    this.#both((kernel) => {
      for (const route of [...others, ...defaults]) kernel.addRoute(route)
    })
  }

  #removeDefaults(name: string): void {
    for (const { place, gateway } of this.everyLine.filter((line) => line.place.link === name)) {
      for (const route of mainDefaults(place, gateway)) {
        this.#both((kernel) => kernel.removeRoute(route))
      }
    }
  }

  #both(change: (kernel: FakeKernel) => void): void {
    change(this.kernel)
    change(this.twin)
    this.#changed()
  }

  #changed(): void {
    this.changedAtMs = this.#clock.nowMs()
    this.settle()
  }
}

/** A fight waits for thirty seconds. */
const fightIsOverMs = 40_000
/** The daemon counts a minute's losses; a look finds one up to a second and a half late. */
const fightCountsMs = 61_500

const vpnRule = exampleRule(5000, { protocol: 0, action: lookUp(51820) })
