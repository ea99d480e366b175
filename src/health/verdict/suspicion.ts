import type { ProbeOutcome } from '../../model/probe.ts'
import type { ProbeStream } from '../probing/probe-stream.ts'
import type { Patience } from './patience.ts'

/** `speaks`: every stream is answered; `silent`: none is. */
export type Verdict = 'open' | 'speaks' | 'partly_silent' | 'silent'

export interface SuspicionStart {
  readonly sinceMs: number
  readonly streams: readonly ProbeStream[]
  /** Rounds that have to go unanswered. */
  readonly downAfter: number
  /** No silence shorter than this is a verdict. */
  readonly patience: Patience
  readonly nowMs: number
}

/**
 * A WAN has missed an answer for longer than its path makes plausible. A burst of rounds decides:
 * the first `down_after` ask every target by every method, the others listen whether anybody speaks
 * again, and the gateway itself is asked by ARP. With its first round overdue it is well-founded.
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
  readonly downAfter: number
  readonly #patience: Patience
  readonly #answered = new Set<ProbeStream>()
  /** Of the burst's probes, those that may yet be answered in time. */
  readonly #open = new Set<number>()
  /** Of these, by id, the round of each by which the time is measured. */
  readonly #measured = new Map<number, number>()
  #foundedSinceMs: number | null = null
  /** When the first question that was answered was sent. */
  #spokenToMs: number | null = null
  /** When others' packets came in last. */
  #heardMs = Number.NEGATIVE_INFINITY
  /** When the first round after the longest hiccup was sent. */
  #askedAgainMs = Number.NEGATIVE_INFINITY
  #isMute = false
  #silences = 0
  #unsent = 0

  constructor(start: SuspicionStart) {
    const { sinceMs, streams, downAfter, patience, nowMs } = start
    this.sinceMs = sinceMs
    this.streams = streams
    this.downAfter = downAfter
    this.#patience = patience
    this.nextRoundAtMs = nowMs
  }

  /** Nobody has spoken. */
  get allSilent(): boolean {
    return this.#answered.size === 0
  }

  /** Somebody on the way said no to all that was asked: there is no silence to wait for. */
  get allRefused(): boolean {
    return this.refusal !== null && this.#silences === 0
  }

  /** Since when its first round has gone unanswered; null: somebody spoke, or may yet. */
  get foundedSinceMs(): number | null {
    return this.allSilent ? this.#foundedSinceMs : null
  }

  hasAnswered(stream: ProbeStream): boolean {
    return this.#answered.has(stream)
  }

  /** In the present round. */
  sent(id: number, stream: ProbeStream): void {
    this.#open.add(id)
    if (stream === measuring(this.streams)) this.#measured.set(id, this.roundsSent)
  }

  /** An answer to any probe, also a regular one; null: to one from before the suspicion began. */
  answered(id: number | null, { stream, sentMs }: { stream: ProbeStream; sentMs: number }): void {
    if (id !== null) this.#settle(id)
    if (sentMs < this.sinceMs) return
    this.#answered.add(stream)
    if (this.#spokenToMs !== null) return
    // The others' silence until here was the line's, not theirs: they are asked anew.
    this.#spokenToMs = sentMs
    this.#open.clear()
    this.#measured.clear()
    this.roundsSent = 0
    this.nextRoundAtMs = sentMs
  }

  refused(id: number, { kind, reason }: Exclude<ProbeOutcome, { kind: 'answered' }>): void {
    this.#settle(id)
    this.refusal = reason
    // Our own kernel's no may pass in a moment, such as while a route is put back.
    if (kind === 'unsent') this.#unsent += 1
  }

  /** The probe is later than its path makes plausible. */
  overdue(id: number, nowMs: number): void {
    if (!this.#settle(id)) return
    this.#silences += 1
    if (!this.#isWaitingFor(1)) this.#foundedSinceMs ??= nowMs
  }

  /** Packets of others have come in: it isn't silent before now, and at most twice as patient. */
  heard(nowMs: number): void {
    if (this.refusal === null) this.#heardMs = nowMs
  }

  /** Nothing at all comes in by its link: no late answer does, and its silence is well-founded. */
  mute(nowMs: number): void {
    this.#isMute = true
    if (this.roundsSent > 0) this.#foundedSinceMs ??= nowMs
  }

  beginRound(nowMs: number): void {
    this.roundsSent += 1
    const endMs = this.#hiccupEndsMs
    if (nowMs < endMs) {
      this.nextRoundAtMs = Math.min(nowMs + roundGapMs, endMs)
      return
    }
    if (this.#askedAgainMs < endMs) this.#askedAgainMs = nowMs
    this.nextRoundAtMs = nowMs + lastGapMs
  }

  isRoundDue(nowMs: number): boolean {
    if (this.roundsSent >= this.downAfter) return this.allSilent && nowMs >= this.nextRoundAtMs
    const roundRefused = this.allRefused && this.#unsent === 0 && this.#open.size === 0
    return nowMs >= this.nextRoundAtMs || roundRefused
  }

  verdict(nowMs: number): Verdict {
    if (this.streams.every((stream) => this.#answered.has(stream))) return 'speaks'
    if (this.roundsSent < this.downAfter || this.#isWaiting) return 'open'
    const mayPass = this.#silences > 0 || this.#unsent > 0 || this.#open.size > 0
    if (mayPass && (nowMs < this.#patientUntilMs || this.#isToAskAgain)) return 'open'
    return this.allSilent ? 'silent' : 'partly_silent'
  }

  /** When the next round or the verdict is due; infinite while only answers are waited for. */
  nextAtMs(): number {
    if (this.roundsSent < this.downAfter) return this.nextRoundAtMs
    const roundMs = this.allSilent ? this.nextRoundAtMs : Number.POSITIVE_INFINITY
    return this.#isWaiting ? roundMs : Math.min(roundMs, this.#patientUntilMs)
  }

  /** The silence that is to be judged began no later than what it counts from. */
  get #countsFromMs(): number {
    const fromMs = this.#spokenToMs ?? this.sinceMs
    return Math.max(fromMs, Math.min(this.#heardMs, fromMs + this.#patienceMs))
  }

  get #patienceMs(): number {
    return this.#isMute ? this.#patience.muteMs : this.#patience.usualMs
  }

  get #hiccupEndsMs(): number {
    return this.#countsFromMs + this.#patience.hiccupMs
  }

  /** A busy machine may ask late: then it is waited for that answer, too. */
  get #patientUntilMs(): number {
    const lateMs = Math.max(0, this.#askedAgainMs - this.#hiccupEndsMs)
    return this.#countsFromMs + this.#patienceMs + lateMs
  }

  /** Nobody was asked since the longest hiccup would be over. */
  get #isToAskAgain(): boolean {
    return this.allSilent && this.#askedAgainMs < this.#hiccupEndsMs
  }

  get #isWaiting(): boolean {
    return !(this.#isMute && this.allSilent) && this.#isWaitingFor(this.downAfter)
  }

  /** A probe of the first rounds, so many of them, may yet be answered in time. */
  #isWaitingFor(rounds: number): boolean {
    for (const round of this.#measured.values()) if (round <= rounds) return true
    return false
  }

  #settle(id: number): boolean {
    this.#measured.delete(id)
    return this.#open.delete(id)
  }
}

/** Between two rounds of a burst. */
const roundGapMs = 50
/** Between the last ones, after which the verdict comes. */
const lastGapMs = 15

/**
 * The stream by which the others are measured, too: the first one, of which most is known. Servers of
 * names are slow at times, and nothing is known of who wasn't asked, as on a metered line.
 */
export function measuring(streams: readonly ProbeStream[]): ProbeStream | undefined {
  return streams.find(({ roundTrip }) => roundTrip.isKnown) ?? streams[0]
}
