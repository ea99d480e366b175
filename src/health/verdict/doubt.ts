import type { ProbeOutcome } from '../../model/probe.ts'
import type { ProbeSettings } from '../../model/settings/settings.ts'
import type { Pending } from '../probing/pending-probes.ts'
import type { ProbeStream } from '../probing/probe-stream.ts'
import { patienceOf } from './patience.ts'
import { measuring, Suspicion } from './suspicion.ts'

/** What a suspicion begins with. */
export interface Sign {
  /** When what went unanswered was sent. */
  readonly sinceMs: number
  /** Whose question it was; null: nobody's, somebody else has told of it. */
  readonly silent: ProbeStream | null
}

/** The suspicion of one WAN, while there is one, and what a silence after it must be counted from. */
export class Doubt {
  suspicion: Suspicion | null = null
  readonly #settings: Pick<ProbeSettings, 'downAfter' | 'timeoutMs'>
  /** When the newest question that was answered was sent. */
  #spokenToMs = Number.NEGATIVE_INFINITY

  constructor(settings: Pick<ProbeSettings, 'downAfter' | 'timeoutMs'>) {
    this.#settings = settings
  }

  /** Since when its silence is well-founded; null: it isn't. */
  get foundedSinceMs(): number | null {
    return this.suspicion?.foundedSinceMs ?? null
  }

  begin({ sinceMs, silent }: Sign, streams: readonly ProbeStream[], nowMs: number): void {
    const { downAfter, timeoutMs } = this.#settings
    const measure = measuring(streams)
    if (measure === undefined) return
    const patience = patienceOf(measure, timeoutMs)
    const suspicion = new Suspicion({ sinceMs, streams, nowMs, downAfter, patience })
    // Who of the others has answered a later question speaks.
    for (const stream of streams) {
      if (stream !== silent) suspicion.answered(null, { stream, sentMs: stream.answeredToMs })
    }
    this.suspicion = suspicion
  }

  end(): void {
    this.suspicion = null
  }

  /** It was asked later than all that has been answered so far: nobody has spoken since. */
  isNews({ sentMs }: Pending): boolean {
    return sentMs > this.#spokenToMs
  }

  answered(probe: Pending): void {
    const { stream, sentMs } = probe
    stream.answeredToMs = Math.max(stream.answeredToMs, sentMs)
    this.#spokenToMs = Math.max(this.#spokenToMs, sentMs)
    this.suspicion?.answered(probe.id, probe)
  }

  /** Who has answered this suspicion is silent now: what has spoken so far says nothing any more. */
  missed(probe: Pending): void {
    if (this.suspicion?.hasAnswered(probe.stream) === true && this.isNews(probe)) this.end()
  }

  refused({ id }: Pending, outcome: Exclude<ProbeOutcome, { kind: 'answered' }>): void {
    this.suspicion?.refused(id, outcome)
  }

  overdue({ id }: Pending, nowMs: number): void {
    this.suspicion?.overdue(id, nowMs)
  }

  /** `over`: it has ended, and whoever kept silent while others spoke is known. */
  judge(nowMs: number): 'open' | 'over' | 'silent' {
    const { suspicion } = this
    if (suspicion === null) return 'open'
    const verdict = suspicion.verdict(nowMs)
    if (verdict === 'open' || verdict === 'silent') return verdict
    for (const stream of suspicion.streams) {
      if (!suspicion.hasAnswered(stream)) stream.silent = true
    }
    this.suspicion = null
    return 'over'
  }
}
