import type { Family } from '../../model/address.ts'
import type { ProbeOutcome } from '../../model/probe.ts'
import type { ProbeStream } from '../probing/probe-stream.ts'

/** `speaks`: every stream is answered; `silent`: none of those that count for the WAN is. */
export type Verdict = 'open' | 'speaks' | 'partly_silent' | 'silent'

export interface SuspicionStart {
  readonly sinceMs: number
  readonly streams: readonly ProbeStream[]
  /** Whose streams count for the WAN. */
  readonly family: Family
  readonly nowMs: number
}

export interface VerdictLimits {
  /** Rounds that have to go unanswered. */
  readonly downAfter: number
  /** No silence shorter than this is a verdict. */
  readonly timeoutMs: number
}

/**
 * A WAN has missed an answer for longer than its path makes plausible. A burst of rounds decides:
 * each round asks every target by every method, and the gateway itself is asked by ARP.
 */
export class Suspicion {
  /** When the first unanswered probe was sent: the silence began no later. */
  readonly sinceMs: number
  /** The streams that the burst asks. */
  readonly streams: readonly ProbeStream[]
  roundsSent = 0
  nextRoundAtMs: number
  /** What refused a probe of the burst, or kept it from being sent, last. */
  refusal: string | null = null
  readonly #family: Family
  readonly #answered = new Set<ProbeStream>()
  /** Ids of the burst's probes that nobody has answered or refused yet. */
  readonly #open = new Set<number>()
  #silences = 0
  #unsent = 0

  constructor({ sinceMs, streams, family, nowMs }: SuspicionStart) {
    this.sinceMs = sinceMs
    this.streams = streams
    this.#family = family
    this.nextRoundAtMs = nowMs
  }

  /** Nobody has spoken in a stream that counts for the WAN. */
  get allSilent(): boolean {
    return ![...this.#answered].some((stream) => stream.family === this.#family)
  }

  /** Somebody on the way said no to all that was asked: there is no silence to wait for. */
  get allRefused(): boolean {
    return this.refusal !== null && this.#silences === 0
  }

  hasAnswered(stream: ProbeStream): boolean {
    return this.#answered.has(stream)
  }

  sent(id: number): void {
    this.#open.add(id)
  }

  /** An answer to any probe, also a regular one. */
  answered(id: number, { stream, sentMs }: { stream: ProbeStream; sentMs: number }): void {
    this.#open.delete(id)
    if (sentMs >= this.sinceMs) this.#answered.add(stream)
  }

  refused(id: number, { kind, reason }: Exclude<ProbeOutcome, { kind: 'answered' }>): void {
    this.#open.delete(id)
    this.refusal = reason
    // Our own kernel's no may pass in a moment, such as while a route is put back.
    if (kind === 'unsent') this.#unsent += 1
  }

  /** The probe is later than its path makes plausible. */
  overdue(id: number): void {
    if (this.#open.delete(id)) this.#silences += 1
  }

  isRoundDue(downAfter: number, nowMs: number): boolean {
    if (this.roundsSent >= downAfter) return false
    const roundRefused = this.allRefused && this.#unsent === 0 && this.#open.size === 0
    return nowMs >= this.nextRoundAtMs || roundRefused
  }

  verdict({ downAfter, timeoutMs }: VerdictLimits, nowMs: number): Verdict {
    if (this.streams.every((stream) => this.#answered.has(stream))) return 'speaks'
    if (this.roundsSent < downAfter || this.#open.size > 0) return 'open'
    const mayPass = this.#silences > 0 || this.#unsent > 0
    if (mayPass && nowMs - this.sinceMs < timeoutMs) return 'open'
    return this.allSilent ? 'silent' : 'partly_silent'
  }

  /** When the next round or the verdict is due; infinite while only answers are waited for. */
  nextAtMs({ downAfter, timeoutMs }: VerdictLimits): number {
    if (this.roundsSent < downAfter) return this.nextRoundAtMs
    return this.#open.size === 0 ? this.sinceMs + timeoutMs : Number.POSITIVE_INFINITY
  }
}
