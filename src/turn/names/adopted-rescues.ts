/**
 * The rescues that an earlier run has left standing. A new run hasn't heard of any line or resolver
 * yet: it would take them away at once, and bring them back seconds later. So each stands until its
 * resolver answers or this run has a rescue of its own for it, but for half a minute at most: by then
 * it is known how things are.
 */
import type { HostState } from '../../model/host.ts'
import type { Rescue } from '../../model/resolver.ts'
import { standingRescues } from '../../network/nft/standing-rescues.ts'

export class AdoptedRescues {
  #rescues: readonly Rescue[] = []
  #untilMs: number | null = null

  /** Before the first turn; returns what it has found. */
  find(host: Pick<HostState, 'nft'>): readonly Rescue[] {
    this.#rescues = standingRescues(host)
    return this.#rescues
  }

  /** Those that are left; what is settled once never comes back. */
  standing(nowMs: number, isSettled: (resolver: string) => boolean): readonly Rescue[] {
    this.#untilMs ??= nowMs + longestMs
    const isOver = nowMs >= this.#untilMs
    this.#rescues = isOver ? [] : this.#rescues.filter(({ resolver }) => !isSettled(resolver))
    return this.#rescues
  }

  wakeAtMs(): number {
    return this.#rescues.length === 0 ? Number.POSITIVE_INFINITY : (this.#untilMs ?? 0)
  }
}

const longestMs = 30_000
