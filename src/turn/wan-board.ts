/** All WANs side by side: where each is on the host, and how it is. Computes; acts on nothing. */
import type { MonitorSettings } from '../health/monitor-settings.ts'
import { WanMonitor } from '../health/wan-monitor.ts'
import { byFamily, type Family, families } from '../model/address.ts'
import type { KernelSign } from '../model/event.ts'
import type { Healths, LineQuality, LinkEvidence } from '../model/health.ts'
import type { HostState } from '../model/host.ts'
import type { ProbeRequest, ProbeResult } from '../model/probe.ts'
import type { Settings, WanSettings } from '../model/settings/settings.ts'
import { targetsOf } from '../model/settings/targets-of.ts'
import { gatewayOf, type Uplink } from '../model/uplink.ts'
import { resolveUplinks } from '../network/uplinks.ts'
import type { Evidence } from './concern.ts'

type FailedNeighbour = Extract<KernelSign, { kind: 'neighbour_failed' }>

export class WanBoard {
  uplinks: readonly Uplink[] = []
  readonly #settings: Settings
  readonly #monitors: readonly WanMonitor[]
  #healths: Healths = byFamily(() => new Map())
  #inUse: ReadonlySet<string> = new Set()
  #hijacks: ReadonlyMap<string, string> = new Map()

  constructor(settings: Settings, nowMs: number) {
    this.#settings = settings
    const { probe, failback } = settings
    this.#monitors = settings.wans.map(
      (wan) => new WanMonitor(monitorSettings(wan, { probe, failback }), nowMs),
    )
  }

  wakeAtMs(): number {
    return Math.min(...this.#monitors.map((monitor) => monitor.wakeAtMs()))
  }

  /**
   * The same value as long as no health has changed. Here, and nowhere else, IPv6 follows IPv4: a
   * WAN is judged by IPv4 for both.
   */
  healths(nowMs: number): Healths {
    const before = this.#healths.ipv4
    const changed = this.#monitors.some(
      (monitor) => monitor.health(nowMs) !== before.get(monitor.name),
    )
    if (!changed) return this.#healths
    const healths = new Map(this.#monitors.map((monitor) => [monitor.name, monitor.health(nowMs)]))
    this.#healths = byFamily(() => healths)
    return this.#healths
  }

  /** By WAN name. */
  qualities(): ReadonlyMap<string, LineQuality> {
    return new Map(this.#monitors.map((monitor) => [monitor.name, monitor.quality()]))
  }

  /** Finds the WANs on a host that was just read; returns whether one is elsewhere than before. */
  locate(host: HostState, nowMs: number): boolean {
    const before = placesOf(this.uplinks)
    this.uplinks = resolveUplinks(this.#settings.wans, host, this.uplinks)
    this.#setPaths(nowMs)
    return placesOf(this.uplinks) !== before
  }

  /** By WAN name, why its probes would not leave by it. */
  setHijacks(hijacks: ReadonlyMap<string, string>, nowMs: number): void {
    this.#hijacks = hijacks
    this.#setPaths(nowMs)
  }

  setInUse(wans: ReadonlySet<string>, nowMs: number): void {
    this.#inUse = wans
    this.#tellInUse(nowMs)
  }

  neighbourFailed({ address, link }: FailedNeighbour, nowMs: number): void {
    for (const uplink of this.uplinks) {
      if (gatewayOf(uplink, judged) === address && uplink.link === link) {
        this.#monitors[uplink.index]?.neighbourFailed(nowMs)
      }
    }
  }

  take(result: ProbeResult, nowMs: number): void {
    this.#monitors[result.wan]?.take(result, nowMs)
  }

  /** Traffic has come in by some WANs, and real requests show what is wrong with some. */
  tell({ heard, faults }: Pick<Required<Evidence>, 'heard' | 'faults'>, nowMs: number): void {
    for (const wan of heard) this.#monitors[wan]?.heard(nowMs)
    for (const [wan, monitor] of this.#monitors.entries()) {
      monitor.setFault(faults.get(wan) ?? null, nowMs)
    }
  }

  judge(nowMs: number): void {
    for (const monitor of this.#monitors) if (monitor.wakeAtMs() <= nowMs) monitor.judge(nowMs)
    this.#tellInUse(nowMs)
  }

  /** The probes that are due; the caller has to send them now. */
  dueProbes(nowMs: number): readonly ProbeRequest[] {
    const requests: ProbeRequest[] = []
    for (const monitor of this.#monitors) {
      if (monitor.wakeAtMs() <= nowMs) requests.push(...monitor.dueProbes(nowMs))
    }
    return requests
  }

  /** Where nothing lives, each is looked for as if it were in use: it will be, the moment it answers. */
  #tellInUse(nowMs: number): void {
    const nothingLives = this.#monitors.every((monitor) => monitor.health(nowMs).state === 'down')
    for (const monitor of this.#monitors) {
      monitor.setInUse(nothingLives || this.#inUse.has(monitor.name), nowMs)
    }
  }

  #setPaths(nowMs: number): void {
    for (const uplink of this.uplinks) {
      const { link, ways } = uplink
      const hops = byFamily((family) => ways[family].hop)
      const evidence = evidenceOf(uplink, this.#hijacks.get(uplink.name))
      this.#monitors[uplink.index]?.setPath({ link, hops, evidence }, nowMs)
    }
  }
}

/** Where the WANs are, as users are shown it. */
function placesOf(uplinks: readonly Uplink[]): string {
  return JSON.stringify(
    uplinks.map((uplink) => [
      uplink.link,
      families.map((family) => [gatewayOf(uplink, family), uplink.ways[family].notice]),
    ]),
  )
}

const judged: Family = 'ipv4'

function monitorSettings(
  wan: WanSettings,
  { probe, failback }: Pick<Settings, 'probe' | 'failback'>,
): MonitorSettings {
  const { name, index, metered } = wan
  const own = { ...probe, targets: targetsOf(wan, probe) }
  return { name, index, family: judged, metered, probe: own, failback }
}

function evidenceOf({ ways }: Uplink, hijack: string | undefined): LinkEvidence {
  const { problem } = ways[judged]
  if (problem !== null) return { kind: 'unusable', reason: problem }
  return hijack === undefined ? { kind: 'usable' } : { kind: 'hijacked', reason: hijack }
}
