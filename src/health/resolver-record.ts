/**
 * How one resolver is: when to ask it, and what its answers and silences mean. One lost question is
 * repeated before a resolver counts as silent; one answer is enough to be back.
 */
import type { NameOutcome } from '../model/resolver.ts'

export interface ResolverPace {
  /** How long an answer may take. */
  readonly timeoutMs: number
  /** Between two questions while it gives no answer. */
  readonly silentMs: number
}

export class ResolverRecord {
  #state: 'unknown' | 'up' | 'down' = 'unknown'
  #downSinceMs = 0
  #trouble = silence
  #lost = 0
  #askAtMs = Number.NEGATIVE_INFINITY
  #timeoutMs = 0
  /** Not answered so far. */
  #asked: { readonly id: number; readonly atMs: number } | null = null
  /** Answers to older questions say nothing of how things are now. */
  #firstId = 0

  get state(): 'unknown' | 'up' | 'down' {
    return this.#state
  }

  /** Why it is down. */
  get trouble(): string {
    return this.#trouble
  }

  /** A question is lost or repeated, and nothing is decided yet. */
  get isDoubtful(): boolean {
    return this.#state !== 'down' && this.#lost > 0
  }

  wakeAtMs(): number {
    return this.#asked === null ? this.#askAtMs : this.#asked.atMs + this.#timeoutMs
  }

  /** How things stand has changed: what was asked before no longer counts, and it is asked anew. */
  askAnew(nowMs: number): void {
    this.#asked = null
    this.#firstId = Number.POSITIVE_INFINITY
    this.#askAtMs = nowMs
  }

  judge(nowMs: number, pace: ResolverPace): void {
    this.#timeoutMs = pace.timeoutMs
    if (this.#asked !== null && nowMs >= this.#asked.atMs + pace.timeoutMs) {
      this.#lose(silence, nowMs)
    }
    if (this.#state === 'down' && this.#asked === null) {
      this.#askAtMs = Math.min(this.#askAtMs, nowMs + pace.silentMs)
    }
  }

  isDue(nowMs: number): boolean {
    return this.#asked === null && nowMs >= this.#askAtMs
  }

  ask(id: number, nowMs: number): void {
    this.#asked = { id, atMs: nowMs }
    this.#firstId = Math.min(this.#firstId, id)
    this.#askAtMs = nowMs + restMs
  }

  /** A late answer counts as well. */
  take(id: number, outcome: NameOutcome, nowMs: number): void {
    if (id < this.#firstId) return
    if (outcome.kind === 'answered') {
      this.#state = 'up'
      this.#lost = 0
      if (this.#asked?.id === id) this.#asked = null
    } else if (this.#asked?.id === id) {
      this.#lose(outcome.reason, nowMs)
    }
  }

  /** How long it has been down. */
  downMs(nowMs: number): number {
    return this.#state === 'down' ? nowMs - this.#downSinceMs : 0
  }

  #lose(trouble: string, nowMs: number): void {
    this.#asked = null
    this.#lost += 1
    if (this.#lost < lostUntilDown) {
      this.#askAtMs = nowMs
      return
    }
    if (this.#state !== 'down') this.#downSinceMs = nowMs
    this.#state = 'down'
    this.#trouble = trouble
    this.#askAtMs = nowMs + restMs
  }
}

const silence = 'it gives no answer'
/** The question, and the one that repeats it. */
const lostUntilDown = 2
/** Between two questions while it answers. */
const restMs = 30_000
