/**
 * All WANs side by side: where each is on the host, and how it is, in each family by itself.
 * Computes; acts on nothing.
 */
import { wansInUse } from '../decision/decide.ts'
import { ipv6Healths } from '../decision/without-ipv6.ts'
import { type ByFamily, byFamily, families } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import type { Healths, LineQuality } from '../model/health.ts'
import type { HostState, LinkBytes } from '../model/host.ts'
import type { ProbeRequest, ProbeResult } from '../model/probe.ts'
import type { Settings } from '../model/settings/settings.ts'
import { gatewayOf, type Uplink } from '../model/uplink.ts'
import { resolveUplinks } from '../network/uplinks.ts'
import type { Evidence } from './concern.ts'
import { type FailedNeighbour, FamilyBoard } from './family-board.ts'
import { LinkWatch } from './link-watch.ts'

export class WanBoard {
  uplinks: readonly Uplink[] = []
  readonly #settings: Settings
  readonly #boards: ByFamily<FamilyBoard>
  readonly #links = new LinkWatch()
  /** What the boards have said, and what was made of it. */
  #watched: Healths = byFamily(() => new Map())
  #healths: Healths = byFamily(() => new Map())

  constructor(settings: Settings, nowMs: number) {
    this.#settings = settings
    this.#boards = byFamily((family) => new FamilyBoard(family, settings, nowMs))
  }

  wakeAtMs(): number {
    return Math.min(...families.map((family) => this.#boards[family].wakeAtMs()))
  }

  /** The same value as long as no health has changed. */
  healths(nowMs: number): Healths {
    const before = this.#watched
    const [ipv4, ipv6] = [this.#boards.ipv4.healths(nowMs), this.#boards.ipv6.healths(nowMs)]
    if (ipv4 === before.ipv4 && ipv6 === before.ipv6) return this.#healths
    this.#watched = { ipv4, ipv6 }
    this.#healths = { ipv4, ipv6: ipv6Healths(this.#settings.wans, this.#watched) }
    return this.#healths
  }

  /** By WAN name; in IPv6 only the WANs that have it. */
  qualities(): ByFamily<ReadonlyMap<string, LineQuality>> {
    return byFamily((family) => this.#boards[family].qualities())
  }

  /** Finds the WANs on a host that was just read; returns whether one is elsewhere than before. */
  locate(host: HostState, nowMs: number): boolean {
    const before = placesOf(this.uplinks)
    this.uplinks = resolveUplinks(this.#settings.wans, host, this.uplinks)
    for (const family of families) this.#boards[family].setUplinks(this.uplinks, nowMs)
    return placesOf(this.uplinks) !== before
  }

  /** By WAN name, why its probes would not leave by it. */
  setHijacks(hijacks: ByFamily<ReadonlyMap<string, string>>, nowMs: number): void {
    for (const family of families) {
      this.#boards[family].setHijacks(hijacks[family])
      this.#boards[family].setUplinks(this.uplinks, nowMs)
    }
  }

  /** `beside`: WANs that are in use for another reason. */
  setInUse(decision: Decision, beside: readonly string[], nowMs: number): void {
    for (const family of families) {
      const inUse = new Set([...wansInUse(decision, family), ...beside])
      this.#boards[family].setInUse(inUse, nowMs)
    }
  }

  neighbourFailed(failed: FailedNeighbour, nowMs: number): void {
    this.#boards[failed.family].neighbourFailed(this.uplinks, failed, nowMs)
  }

  take(result: ProbeResult, nowMs: number): void {
    for (const family of families) this.#boards[family].take(result, nowMs)
  }

  /** Traffic has come in by some WANs, and real requests show what is wrong with some. */
  tell({ heard, faults }: Pick<Required<Evidence>, 'heard' | 'faults'>, nowMs: number): void {
    for (const family of families) {
      for (const wan of heard) this.#boards[family].heard(wan, nowMs)
    }
    // Real requests go by IPv4.
    this.#boards.ipv4.setFaults(faults, nowMs)
  }

  /** The links whose bytes would tell more of a suspicion. */
  linksToRead(nowMs: number): readonly string[] {
    const suspects = this.uplinks.filter(({ index }) =>
      families.some((family) => this.#boards[family].doubts(index)),
    )
    return this.#links.linksToRead(suspects, nowMs)
  }

  takeBytes(bytes: ReadonlyMap<string, LinkBytes>, nowMs: number): void {
    for (const wan of this.#links.mute(bytes, nowMs)) {
      for (const family of families) this.#boards[family].muted(wan, nowMs)
    }
  }

  judge(nowMs: number): void {
    for (const family of families) this.#boards[family].judge(nowMs)
  }

  /** The probes that are due; the caller has to send them now. */
  dueProbes(nowMs: number): readonly ProbeRequest[] {
    const requests: ProbeRequest[] = []
    for (const family of families) this.#boards[family].addDueProbes(requests, nowMs)
    return requests
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
