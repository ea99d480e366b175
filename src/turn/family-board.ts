/**
 * One family of all WANs side by side: how each is in it. A WAN has a monitor from the moment it has
 * a way of this family: a line that never had any costs no probe. Computes; acts on nothing.
 */
import { rank } from '../decision/rank.ts'
import type { MonitorSettings } from '../health/monitor-settings.ts'
import { WanMonitor } from '../health/wan-monitor.ts'
import type { Family } from '../model/address.ts'
import type { KernelSign } from '../model/event.ts'
import type { LineQuality, LinkEvidence, WanHealths } from '../model/health.ts'
import type { ProbeRequest, ProbeResult } from '../model/probe.ts'
import type { Settings, WanSettings } from '../model/settings/settings.ts'
import { targetsOf } from '../model/settings/targets-of.ts'
import { gatewayOf, type Uplink } from '../model/uplink.ts'

export type FailedNeighbour = Extract<KernelSign, { kind: 'neighbour_failed' }>

export class FamilyBoard {
  readonly #family: Family
  readonly #settings: Settings
  /** By the WAN's position. */
  readonly #monitors = new Map<number, WanMonitor>()
  #healths: WanHealths = new Map()
  #hijacks: ReadonlyMap<string, string> = new Map()
  #inUse: ReadonlySet<string> = new Set()

  constructor(family: Family, settings: Settings, nowMs: number) {
    this.#family = family
    this.#settings = settings
    // IPv4 is always meant; of IPv6 the host has to show that there is any.
    if (family === 'ipv4') for (const wan of settings.wans) this.#watch(wan, nowMs)
  }

  wakeAtMs(): number {
    let atMs = Number.POSITIVE_INFINITY
    for (const monitor of this.#monitors.values()) atMs = Math.min(atMs, monitor.wakeAtMs())
    return atMs
  }

  /** Of the WANs that are watched; the same value as long as none of them has changed. */
  healths(nowMs: number): WanHealths {
    const before = this.#healths
    const monitors = [...this.#monitors.values()]
    const changed = monitors.some((monitor) => monitor.health(nowMs) !== before.get(monitor.name))
    if (changed) {
      this.#healths = new Map(monitors.map((monitor) => [monitor.name, monitor.health(nowMs)]))
    }
    return this.#healths
  }

  /** By WAN name. */
  qualities(): ReadonlyMap<string, LineQuality> {
    const monitors = [...this.#monitors.values()]
    return new Map(monitors.map((monitor) => [monitor.name, monitor.quality()]))
  }

  /** The WANs are where they are now. */
  setUplinks(uplinks: readonly Uplink[], nowMs: number): void {
    for (const uplink of uplinks) {
      const monitor = this.#monitorOf(uplink, nowMs)
      if (monitor === null) continue
      const { hop } = uplink.ways[this.#family]
      const evidence = this.#evidenceOf(uplink)
      monitor.setPath({ link: uplink.link, hop, evidence }, nowMs)
    }
  }

  /** By WAN name, why its probes would not leave by it; `setUplinks` has to follow. */
  setHijacks(hijacks: ReadonlyMap<string, string>): void {
    this.#hijacks = hijacks
  }

  /** The WANs that carry traffic of this family. */
  setInUse(wans: ReadonlySet<string>, nowMs: number): void {
    this.#inUse = wans
    this.#tellInUse(nowMs)
  }

  neighbourFailed(
    uplinks: readonly Uplink[],
    { address, link }: FailedNeighbour,
    nowMs: number,
  ): void {
    for (const uplink of uplinks) {
      if (gatewayOf(uplink, this.#family) === address && uplink.link === link) {
        this.#monitors.get(uplink.index)?.neighbourFailed(nowMs)
      }
    }
  }

  /** Takes the results of its own probes; all others mean nothing to it. */
  take(result: ProbeResult, nowMs: number): void {
    this.#monitors.get(result.wan)?.take(result, nowMs)
  }

  /** Traffic has come in by this WAN. */
  heard(wan: number, nowMs: number): void {
    this.#monitors.get(wan)?.heard(nowMs)
  }

  /** This WAN is under suspicion, well-founded or not. */
  doubts(wan: number): boolean {
    return this.#monitors.get(wan)?.isDoubted === true
  }

  /** Much leaves by this WAN's link, and nothing comes in. */
  muted(wan: number, nowMs: number): void {
    this.#monitors.get(wan)?.muted(nowMs)
  }

  /** By the WANs' positions, what real requests show is wrong with them. */
  setFaults(faults: ReadonlyMap<number, string>, nowMs: number): void {
    for (const [wan, monitor] of this.#monitors) monitor.setFault(faults.get(wan) ?? null, nowMs)
  }

  judge(nowMs: number): void {
    for (const monitor of this.#monitors.values()) {
      if (monitor.wakeAtMs() <= nowMs) monitor.judge(nowMs)
    }
    this.#tellInUse(nowMs)
  }

  /** Adds the probes that are due; the caller has to send them now. */
  addDueProbes(requests: ProbeRequest[], nowMs: number): void {
    for (const monitor of this.#monitors.values()) {
      if (monitor.wakeAtMs() <= nowMs) requests.push(...monitor.dueProbes(nowMs))
    }
  }

  /**
   * Where nothing lives, each is looked for as if it were in use: it will be, the moment it answers.
   * Not for IPv6 alone, which many a metered line never carries.
   */
  #tellInUse(nowMs: number): void {
    const monitors = [...this.#monitors.values()]
    const nothingLives =
      this.#family === 'ipv4' && monitors.every((monitor) => rank(monitor.health(nowMs)) === 0)
    for (const monitor of monitors) {
      monitor.setInUse(nothingLives || this.#inUse.has(monitor.name), nowMs)
    }
  }

  #monitorOf({ index, ways }: Uplink, nowMs: number): WanMonitor | null {
    const known = this.#monitors.get(index)
    if (known !== undefined) return known
    const wan = this.#settings.wans[index]
    const { hop, problem } = ways[this.#family]
    const isThere = hop !== null && (problem === null || wan?.ways[this.#family].kind === 'address')
    return wan === undefined || !isThere ? null : this.#watch(wan, nowMs)
  }

  #watch(wan: WanSettings, nowMs: number): WanMonitor {
    const monitor = new WanMonitor(monitorSettings(wan, this.#family, this.#settings), nowMs)
    monitor.setInUse(this.#inUse.has(wan.name), nowMs)
    this.#monitors.set(wan.index, monitor)
    return monitor
  }

  #evidenceOf({ name, ways }: Uplink): LinkEvidence {
    const { problem } = ways[this.#family]
    if (problem !== null) return { kind: 'unusable', reason: problem }
    const hijack = this.#hijacks.get(name)
    return hijack === undefined ? { kind: 'usable' } : { kind: 'hijacked', reason: hijack }
  }
}

function monitorSettings(wan: WanSettings, family: Family, settings: Settings): MonitorSettings {
  const { name, index, metered } = wan
  const { probe, failback } = settings
  const patience = wan.tunnel === undefined ? 1 : tunnelPatience
  const own = {
    ...{ ...probe, targets: targetsOf(wan, probe) },
    timeoutMs: probe.timeoutMs * patience,
  }
  return { name, index, family, metered, probe: own, failback }
}

/**
 * The line below may have fallen silent at the same moment: before there is a verdict on the tunnel,
 * another one has to have carried it for a while, or running connections would be cut for nothing.
 */
const tunnelPatience = 2.5
