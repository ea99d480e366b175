import type { ProbeStream } from './probe-stream.ts'

/**
 * A WAN has missed an answer for longer than its path makes plausible. A burst of rounds decides:
 * each round asks every target by every method, and the gateway itself is asked by ARP.
 */
export class Suspicion {
  /** When the first unanswered probe was sent: the silence began no later. */
  readonly sinceMs: number
  /** The streams that the burst asks. */
  readonly streams: readonly ProbeStream[]
  readonly answered = new Set<ProbeStream>()
  roundsSent = 0
  nextRoundAtMs: number
  nextAskAtMs: number
  asksSent = 0
  /** Ids of the burst's probes that nobody has answered or refused yet. */
  readonly open = new Set<number>()
  /** Somebody on the way said no: silence has not to be waited for. */
  refusal: string | null = null
  /** Probes that ended in silence, as opposed to a refusal. */
  silences = 0

  constructor(sinceMs: number, streams: readonly ProbeStream[], nowMs: number) {
    this.sinceMs = sinceMs
    this.streams = streams
    this.nextRoundAtMs = nowMs
    this.nextAskAtMs = nowMs
  }

  /** Nobody has spoken in a stream that counts for the WAN. */
  get allSilent(): boolean {
    return ![...this.answered].some((stream) => stream.family === 'ipv4')
  }

  get everyStreamAnswered(): boolean {
    return this.streams.every((stream) => this.answered.has(stream))
  }
}
