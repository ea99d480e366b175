/** The lines and the host around a turn: no kernel, only what would be read of one. */
import type { HostState } from '../../../src/model/host.ts'
import { exampleHost } from '../../examples/example-host.ts'
import type { Fault } from '../script/fault.ts'
import { Line, type LinkTruth, takePlaces } from '../world/line.ts'
import { TargetTruth } from '../world/target-truth.ts'
import { mainDefaults, type Topology } from '../world/topologies.ts'
import type { Agenda } from './agenda.ts'

export class TurnWorld {
  /** By the options in force. */
  topology: Topology
  lines: readonly Line[]
  /** All that there are, whatever the options say. */
  readonly #everyLine: readonly Line[]
  readonly targets: TargetTruth
  /** The last change of the host. */
  changedAtMs = 0
  // Nobody deletes anything or stands in the way where there is no kernel.
  readonly deletedAtMs = Number.NEGATIVE_INFINITY
  readonly foughtUntilMs = Number.NEGATIVE_INFINITY
  readonly vpnUntilMs = Number.NEGATIVE_INFINITY
  readonly refusingUntilMs = Number.NEGATIVE_INFINITY
  readonly #agenda: Agenda
  readonly #links: ReadonlyMap<string, LinkTruth>
  readonly #onHost: () => void

  constructor(topology: Topology, agenda: Agenda, onHost: () => void) {
    this.topology = topology
    this.#agenda = agenda
    this.#onHost = onHost
    this.targets = new TargetTruth(topology.settings.probe.targets.ipv4)
    const names = Object.keys(topology.links)
    this.#links = new Map(
      names.map((name) => [name, { present: true, up: true, carrier: true, leased: true }]),
    )
    this.#everyLine = topology.places.map((place) => new Line(place, this.link(place.link)))
    this.lines = this.#everyLine
    this.settle()
  }

  line(wan: number): Line {
    const line = this.lines[wan]
    if (line === undefined) throw new Error(`there is no WAN ${wan} in this world`)
    return line
  }

  /** Other options are in force. */
  take(topology: Topology): void {
    this.topology = topology
    this.lines = takePlaces(this.#everyLine, topology.places)
  }

  link(name: string): LinkTruth {
    const link = this.#links.get(name)
    if (link === undefined) throw new Error(`there is no link ${name} in this world`)
    return link
  }

  settle(): void {
    const speech = this.targets.speech(this.#agenda.nowMs)
    for (const line of this.#everyLine) line.settle(this.#agenda.nowMs, speech)
  }

  /** Returns what ends it; null for a fault that only a kernel or a process can have. */
  begin(fault: Fault): (() => void) | null {
    switch (fault.kind) {
      case 'silent':
      case 'ipv6_silent':
      case 'method_silent':
      case 'tcp_dead':
      case 'captive':
      case 'lossy':
      case 'slow':
      case 'gateway_dead':
        return this.#lasts(() => this.#lineOf(fault.wan).faults, fault)
      case 'target_silent':
        return this.#lasts(() => this.targets.silent, fault.target)
      case 'web_server_down':
        if (this.targets.webDown.size > 0) return () => {}
        return this.#lasts(() => this.targets.webDown, fault.server)
      case 'carrier_cut':
        return this.#onLink(fault.link, 'carrier')
      case 'link_down':
        return this.#onLink(fault.link, 'up')
      case 'link_gone':
        return this.#onLink(fault.link, 'present')
      case 'lease_lost':
        return this.#onLink(fault.link, 'leased')
      case 'gateway_changed':
        return this.#changeGateway(fault.wan, fault.lastByte)
      default:
        return null
    }
  }

  /** As a reading of the host would be now. */
  host(): HostState {
    const { links, mainRoutes } = this.topology
    const reachable = (name: string) => {
      const { present, up, leased } = this.link(name)
      return present && up && leased
    }
    const present = Object.entries(links).filter(([name]) => this.link(name).present)
    const all = present.map(([name, addresses]) => ({
      name,
      addresses: reachable(name) ? addresses : [],
      ...(this.link(name).up ? {} : { down: true as const }),
      ...(this.link(name).carrier ? {} : { noCarrier: true as const }),
    }))
    const defaults = this.#everyLine
      .filter(({ place }) => reachable(place.link))
      .flatMap(({ place, gateway }) => mainDefaults(place, gateway))
    return exampleHost(all, [...mainRoutes, ...defaults])
  }

  /** By its number among all lines of the house. */
  #lineOf(number: number): Line {
    const line = this.#everyLine[number]
    if (line === undefined) throw new Error(`there is no line ${number} in this world`)
    return line
  }

  #lasts<Item>(of: () => Set<Item>, item: Item): () => void {
    of().add(item)
    this.settle()
    return () => {
      this.settle()
      of().delete(item)
      this.settle()
    }
  }

  /** A link suffers one fault at a time. */
  #onLink(name: string, part: keyof LinkTruth): () => void {
    const link = this.link(name)
    if (Object.values(link).includes(false)) return () => {}
    const set = (there: boolean) => {
      this.settle()
      link[part] = there
      this.#changed()
    }
    set(false)
    return () => set(true)
  }

  #changeGateway(wan: number, lastByte: number): () => void {
    const line = this.#lineOf(wan)
    const { place, link } = line
    if (place.learned && !Object.values(link).includes(false)) {
      line.gateway = place.gateway.replace(/\d+$/, String(lastByte))
      line.hiccup(this.#agenda.nowMs)
      this.#changed()
    }
    return () => {}
  }

  #changed(): void {
    this.settle()
    this.changedAtMs = this.#agenda.nowMs
    this.#onHost()
  }
}
