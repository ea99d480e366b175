import type { HealthState } from '../../model/health.ts'

/** The state of a WAN, why it is so and since when; no transition is judged here. */
export class StateRecord {
  #state: HealthState = 'unknown'
  #sinceMs: number
  #suspectedMs: number | null = null
  #reason: string

  constructor(reason: string, nowMs: number) {
    this.#reason = reason
    this.#sinceMs = nowMs
  }

  get state(): HealthState {
    return this.#state
  }

  get reason(): string {
    return this.#reason
  }

  get sinceMs(): number {
    return this.#sinceMs
  }

  /** The first sign of what led to `down`. */
  get suspectedMs(): number | null {
    return this.#suspectedMs
  }

  get speaks(): boolean {
    return this.#state === 'up' || this.#state === 'degraded'
  }

  /** An answer to a question from before this moment doesn't end the silence. */
  get silentSinceMs(): number {
    return this.#suspectedMs ?? this.#sinceMs
  }

  /** `suspectedMs` counts on the way to `down` only; a WAN that is down keeps its own. */
  become(state: HealthState, reason: string, at: { nowMs: number; suspectedMs?: number }): void {
    this.#reason = reason
    if (state === this.#state) return
    this.#state = state
    this.#sinceMs = at.nowMs
    this.#suspectedMs = state === 'down' ? (at.suspectedMs ?? at.nowMs) : null
  }
}
