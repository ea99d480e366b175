import type { Family } from '../../model/address.ts'
import type { ProbeMethod } from '../../model/probe.ts'
import { RoundTripEstimate } from './round-trip-estimate.ts'
import { lowerMedian, TargetRecord } from './target-record.ts'

interface Asked {
  readonly family: Family
  readonly targets: readonly string[]
}

/**
 * The probes of one method in one family: its targets in turn, and whether anybody answers.
 * A stream that fell silent while another one speaks makes its WAN degraded, not down.
 */
export class ProbeStream {
  readonly method: ProbeMethod
  readonly family: Family
  readonly records: readonly TargetRecord[]
  readonly roundTrip = new RoundTripEstimate()
  nextAtMs: number
  /** When its last regular probe was sent. */
  lastAskedMs = Number.NEGATIVE_INFINITY
  lastAnswerMs = Number.NEGATIVE_INFINITY
  /** When the newest question that was answered was sent. */
  answeredToMs = Number.NEGATIVE_INFINITY
  #turn = 0
  #answeredInARow = 0
  #unansweredInARow = 0
  #silent = false
  /** Counts the changes beside those of the records. */
  #changes = 0

  constructor(method: ProbeMethod, { family, targets }: Asked, nowMs: number) {
    this.method = method
    this.family = family
    this.records = targets.map((target) => new TargetRecord(target))
    this.nextAtMs = nowMs
  }

  /** true once a whole burst went unanswered; false again after enough answers in a row. */
  get silent(): boolean {
    return this.#silent
  }

  set silent(silent: boolean) {
    if (silent !== this.#silent) this.#changes += 1
    this.#silent = silent
  }

  /** It was silent and one of its targets answers again, not often enough yet to be relied on. */
  get isReturning(): boolean {
    return this.#silent && this.#unansweredInARow < this.records.length
  }

  /** Another number means that something is to be judged again. */
  get version(): number {
    let version = this.#changes
    for (const record of this.records) version += record.version
    return version
  }

  /** The target whose turn it is. */
  takeTurn(): TargetRecord | undefined {
    const record = this.records[this.#turn % this.records.length]
    this.#turn = (this.#turn + 1) % Math.max(1, this.records.length)
    return record
  }

  answered(upAfter: number): void {
    this.#answeredInARow += 1
    this.#unansweredInARow = 0
    if (this.silent && this.#answeredInARow >= upAfter) this.silent = false
  }

  /** Its silence is evidence about the line: it isn't set aside, or all of them are. */
  isWitness(record: TargetRecord): boolean {
    return !record.setAside || this.records.every((each) => each.setAside)
  }

  unanswered(): void {
    this.#answeredInARow = 0
    this.#unansweredInARow += 1
  }

  /** null until every target has enough samples: one of them must not speak for all. */
  lossPercent(): number | null {
    if (this.records.some((record) => record.lossPercent() === null)) return null
    return lowerMedianOf(this.records, (record) => record.lossPercent())
  }

  /** Whether `lossPercent` is above the limit; without sorting. */
  isLossierThan(limitPercent: number): boolean {
    let within = 0
    for (const record of this.records) {
      const lossPercent = record.lossPercent()
      if (lossPercent === null) return false
      if (lossPercent <= limitPercent) within += 1
    }
    return within <= Math.floor((this.records.length - 1) / 2) && this.records.length > 0
  }

  jitterMs(): number | null {
    return lowerMedianOf(this.records, (record) => record.jitterMs())
  }

  /** The median over all targets. */
  latencyMs(): number | null {
    return lowerMedian(this.records.flatMap((record) => record.roundTripTimesMs()))
  }

  /** Whether `latencyMs` is above the limit, and rests on so many answers; without sorting them. */
  isSlowerThan(limitMs: number, leastAnswers: number): boolean {
    let answered = 0
    let slow = 0
    for (const record of this.records) {
      answered += record.countAnswers()
      slow += record.countAnswers(limitMs)
    }
    // The lower median is slow where the quick ones don't reach it.
    return answered >= leastAnswers && answered - slow <= Math.floor((answered - 1) / 2)
  }

  describe(): string {
    return this.family === 'ipv6' ? `${this.method} over IPv6` : this.method
  }
}

function lowerMedianOf(
  records: readonly TargetRecord[],
  measure: (record: TargetRecord) => number | null,
): number | null {
  return lowerMedian(records.map(measure).filter((value) => value !== null))
}
