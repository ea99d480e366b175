/** All WANs side by side: where each is on the host, and how it is. Computes; acts on nothing. */
import { WanMonitor } from '../health/wan-monitor.ts'
import type { LinkEvidence, WanHealth } from '../model/health.ts'
import type { HostState } from '../model/host.ts'
import type { ProbeRequest, ProbeResult } from '../model/probe.ts'
import type { Settings } from '../model/settings.ts'
import { resolveUplinks, type Uplink } from '../network/uplinks.ts'

export class WanBoard {
  uplinks: readonly Uplink[] = []
  readonly #settings: Settings
  readonly #monitors: readonly WanMonitor[]
  #hijacks: ReadonlyMap<string, string> = new Map()

  constructor(settings: Settings, nowMs: number) {
    this.#settings = settings
    const { probe, failback } = settings
    this.#monitors = settings.wans.map(
      ({ name, index, metered }) =>
        new WanMonitor({ name, index, metered, probe, failback }, nowMs),
    )
  }

  wakeAtMs(): number {
    return Math.min(...this.#monitors.map((monitor) => monitor.wakeAtMs()))
  }

  healths(nowMs: number): ReadonlyMap<string, WanHealth> {
    return new Map(this.#monitors.map((monitor) => [monitor.name, monitor.health(nowMs)]))
  }

  /** Finds the WANs on a host that was just read. */
  locate(host: HostState, nowMs: number): void {
    this.uplinks = resolveUplinks(this.#settings.wans, host, this.uplinks)
    this.#tellPaths(nowMs)
  }

  /** By WAN name, why its probes would not leave by it. */
  tellHijacks(hijacks: ReadonlyMap<string, string>, nowMs: number): void {
    this.#hijacks = hijacks
    this.#tellPaths(nowMs)
  }

  tellUse(wans: ReadonlySet<string>, nowMs: number): void {
    for (const monitor of this.#monitors) monitor.setInUse(wans.has(monitor.name), nowMs)
  }

  neighbourFailed(address: string, link: string, nowMs: number): void {
    for (const uplink of this.uplinks) {
      if (uplink.gateway === address && uplink.link === link) {
        this.#monitors[uplink.index]?.neighbourFailed(nowMs)
      }
    }
  }

  take(result: ProbeResult, nowMs: number): void {
    this.#monitors[result.wan]?.take(result, nowMs)
  }

  /** Traffic has come in by this WAN. */
  heard(wan: number, nowMs: number): void {
    this.#monitors[wan]?.heard(nowMs)
  }

  judge(nowMs: number): void {
    for (const monitor of this.#monitors) monitor.judge(nowMs)
  }

  /** The probes that are due; the caller has to send them now. */
  dueProbes(nowMs: number): readonly ProbeRequest[] {
    return this.#monitors.flatMap((monitor) => monitor.dueProbes(nowMs))
  }

  #tellPaths(nowMs: number): void {
    for (const uplink of this.uplinks) {
      const { link, gateway, gateway6 } = uplink
      const evidence = evidenceOf(uplink, this.#hijacks.get(uplink.name))
      this.#monitors[uplink.index]?.setPath({ link, gateway, gateway6, evidence }, nowMs)
    }
  }
}

function evidenceOf({ problem }: Uplink, hijack: string | undefined): LinkEvidence {
  if (problem !== null) return { kind: 'unusable', reason: problem }
  return hijack === undefined ? { kind: 'usable' } : { kind: 'hijacked', reason: hijack }
}
