import type { LineQuality } from '../../model/health.ts'
import type { ProbeSettings } from '../../model/settings/settings.ts'
import type { ProbePlan } from '../probing/probe-plan.ts'
import { degradation } from './degradation.ts'
import type { StateRecord } from './state-record.ts'

/**
 * Whether a WAN that answers is as it should be, by loss, latency and real requests. Judged again only where
 * samples or state are others than last time, for most turns bring nothing new.
 */
export class QualityWatch {
  readonly #plan: ProbePlan
  readonly #limits: ProbeSettings
  #judgedVersion = -1
  #judgedState = 'unknown'
  #fault: string | null = null

  constructor(plan: ProbePlan, limits: ProbeSettings) {
    this.#plan = plan
    this.#limits = limits
  }

  /** The streams are new ones. */
  restart(): void {
    this.#judgedVersion = -1
  }

  /** What real requests show that probes don't, and whether it is news. */
  setFault(fault: string | null): 'none' | 'worse' | 'other' {
    if (fault === this.#fault) return 'none'
    const news = this.#fault === null ? 'worse' : 'other'
    this.#fault = fault
    this.restart()
    return news
  }

  figures({ state, speaks }: StateRecord): LineQuality {
    const main = speaks ? this.#plan.mainStream() : undefined
    return {
      latencyMs: main?.latencyMs() ?? null,
      jitterMs: main?.jitterMs() ?? null,
      lossPercent: state === 'down' ? 100 : (main?.lossPercent() ?? null),
    }
  }

  judge(record: StateRecord, nowMs: number): void {
    const known = this.#plan.version === this.#judgedVersion && record.state === this.#judgedState
    if (known || !record.speaks) return
    const main = this.#plan.mainStream()
    if (main === undefined) return
    this.#plan.forgetSamplesBefore(nowMs - oldestSampleMs)
    const wasDegraded = record.state === 'degraded'
    const limits = { ...this.#limits, wasDegraded, fault: this.#fault }
    const reason = degradation(this.#plan.streams, main, limits)
    if (reason !== null) record.become('degraded', reason, { nowMs })
    else if (wasDegraded) record.become('up', wellAgain, { nowMs })
    this.#judgedVersion = this.#plan.version
    this.#judgedState = record.state
  }
}

const wellAgain = 'replies, loss and latency are back to normal'
const oldestSampleMs = 600_000
