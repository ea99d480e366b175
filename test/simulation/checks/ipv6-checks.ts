/**
 * Invariants 2 and 7 for IPv6, and that it doesn't stay on a line on which it is dead: what the daemon
 * reports of it, against the truth about the lines.
 */
import type { HealthState } from '../../../src/model/health.ts'
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import type { Line } from '../world/line.ts'
import { Lasting } from './lasting.ts'
import type { Situation } from './situation.ts'

export class Ipv6Checks {
  readonly #situation: Situation
  readonly #lasting = new Lasting()
  /** By WAN, since when the daemon has known that it has IPv6. */
  readonly #knownSinceMs = new Map<string, number>()

  constructor(situation: Situation) {
    this.#situation = situation
  }

  /** A new process knows nothing of what the last one has seen. */
  forget(): void {
    this.#knownSinceMs.clear()
  }

  published(snapshot: Snapshot): void {
    const before = this.#situation.snapshot
    const nowMs = this.#situation.clock.nowMs()
    for (const line of this.#lines()) {
      const { name } = line.place
      const isKnown = (snapshot.wans[name]?.ipv6 ?? null) !== null
      if (isKnown) this.#knownSinceMs.set(name, this.#knownSinceMs.get(name) ?? nowMs)
      const [was, is] = [before, snapshot].map((one) => one?.wans[name]?.ipv6?.state)
      if (is === 'down' && was !== 'down') this.#isReallyDown(line, snapshot)
    }
    this.#movesToTheHealthy(before, snapshot)
  }

  /** Every quarter second. */
  look(): void {
    const { snapshot, phase, isAble, clock } = this.#situation
    if (snapshot === null || phase !== 'running') return
    const wrongs = isAble ? [...this.#wrongHealths(snapshot), ...this.#onDeadLine(snapshot)] : []
    const nowMs = clock.nowMs()
    const [wrong] = this.#lasting.tooLong(wrongs, { nowMs, limitMs: () => 1_500 })
    if (wrong !== undefined) this.#situation.fail(wrong)
  }

  #isReallyDown({ place, ipv6, lastLossyMs }: Line, { wans }: Snapshot): void {
    const { clock, isAble, isDisturbed } = this.#situation
    if (ipv6.deadSinceMs !== null || isDisturbed || !isAble) return
    if (clock.nowMs() - Math.max(ipv6.lastDeadMs, lastLossyMs) < deadCountsMs) return
    const reason = wans[place.name]?.ipv6?.reason
    this.#situation.fail(`invariant 7: sound IPv6 of ${place.name} is reported down: ${reason}`)
  }

  #movesToTheHealthy(before: Snapshot | null, after: Snapshot): void {
    const [was, is] = [before, after].map((one) => one?.policies['default']?.wan6 ?? null)
    if (was === null || is === null || is === undefined || was === is || this.#isFollower) return
    const stateOf = (name: string) => after.wans[name]?.ipv6?.state
    if (healthy(stateOf(is)) || !this.#situation.isAble) return
    const better = this.#usable().find(({ place }) => healthy(stateOf(place.name)))
    if (better === undefined) return
    const { name } = better.place
    this.#situation.fail(
      `invariant 2: IPv6 moves to ${is}, where it is ${stateOf(is)}, though ${name} has it`,
    )
  }

  #wrongHealths(snapshot: Snapshot): string[] {
    return this.#lines().flatMap((line) => {
      const { name } = line.place
      const state = snapshot.wans[name]?.ipv6?.state
      // What never was there since the start of the process is not judged.
      const knownMs = this.#knownSinceMs.get(name) ?? Number.POSITIVE_INFINITY
      const deadSinceMs = Math.max(line.ipv6.deadSinceMs ?? Number.POSITIVE_INFINITY, knownMs)
      if (this.#lastsFor(deadSinceMs, judgementMs) && state !== 'down') {
        return [`health: IPv6 of ${name} is ${state}, though it has long been dead`]
      }
      return this.#lastsFor(line.ipv6.faultlessSinceMs, judgementMs) && !healthy(state)
        ? [`health: IPv6 of ${name} is ${state}, though it has long been alive`]
        : []
    })
  }

  #onDeadLine({ policies }: Snapshot): string[] {
    const line = this.#lines().find(({ place }) => place.name === policies['default']?.wan6)
    if (line === undefined || !this.#lastsFor(line.ipv6.deadSinceMs, takeOverMs)) return []
    const other = this.#usable().find((one) =>
      this.#lastsFor(one.ipv6.faultlessSinceMs, judgementMs),
    )
    return other === undefined
      ? []
      : [`liveness: IPv6 stays on ${line.place.name}, though it lives on ${other.place.name}`]
  }

  #lastsFor(sinceMs: number | null, atLeastMs: number): boolean {
    const { clock, calmSinceMs, runningForMs } = this.#situation
    if (sinceMs === null || runningForMs < atLeastMs) return false
    return clock.nowMs() - Math.max(sinceMs, calmSinceMs) > atLeastMs
  }

  /** No line has IPv6: it goes where IPv4 goes. */
  get #isFollower(): boolean {
    return this.#lines().length === 0
  }

  /** Those that the default policy may use. */
  #usable(): readonly Line[] {
    const { use } = this.#situation.world.topology.settings.defaultPolicy
    return this.#lines().filter(({ place }) => use.includes(place.name))
  }

  #lines(): readonly Line[] {
    return this.#situation.world.lines.filter(({ place }) => place.gateway6 !== null)
  }
}

function healthy(state: HealthState | undefined): boolean {
  return state === 'up' || state === 'degraded'
}

/** An outage that was over may still be noticed so much later. */
const deadCountsMs = 4_000
const takeOverMs = 5_000
const judgementMs = 12_000
