import type { HealthState, WanHealth } from '../../model/health.ts'

/** What a health says that the state doesn't. */
type Beside = Pick<WanHealth, 'holdDownMs' | 'suspectSinceMs' | 'answersSinceMs'>

/** The state of a WAN, why it is so and since when; no transition is judged here. */
export class StateRecord {
  #state: HealthState = 'unknown'
  #sinceMs: number
  #suspectedMs: number | null = null
  #reason: string
  #health: WanHealth | null = null

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

  /** The same value as long as nothing of it has changed. */
  health({ holdDownMs, suspectSinceMs, answersSinceMs }: Beside): WanHealth {
    const before = this.#health
    const isSame =
      before !== null &&
      before.state === this.#state &&
      before.reason === this.#reason &&
      before.sinceMs === this.#sinceMs &&
      before.suspectedMs === this.#suspectedMs &&
      before.holdDownMs === holdDownMs &&
      before.suspectSinceMs === suspectSinceMs &&
      before.answersSinceMs === answersSinceMs
    if (isSame) return before
    this.#health = {
      state: this.#state,
      reason: this.#reason,
      sinceMs: this.#sinceMs,
      suspectedMs: this.#suspectedMs,
      holdDownMs,
      suspectSinceMs,
      answersSinceMs,
    }
    return this.#health
  }

  get speaks(): boolean {
    return this.#state === 'up' || this.#state === 'degraded'
  }

  /** An answer to a question from before this moment doesn't end the silence. */
  get silentSinceMs(): number {
    return this.#suspectedMs ?? this.#sinceMs
  }

  /** The state stays, and why is known better; null: nothing new is. */
  explain(reason: string | null): void {
    this.#reason = reason ?? this.#reason
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
