import { families } from '../../model/address.ts'
import { maxWans } from '../../model/marks.ts'
import type { MonitorSettings } from '../monitor-settings.ts'
import type { ProbeStream } from './probe-stream.ts'
import type { Sample, TargetRecord } from './target-record.ts'

/** A probe under way, or one that was given up and may still be answered late. */
export interface Pending {
  readonly id: number
  readonly stream: ProbeStream
  readonly record: TargetRecord
  readonly sentMs: number
  readonly burst: boolean
  sample: Sample | null
  overdue: boolean
  lost: boolean
}

/** The probe was answered, perhaps late: then what was taken for a loss is none. */
export function recordAnswer(probe: Pending, rttMs: number): void {
  probe.record.spoke()
  if (probe.sample !== null) probe.record.correct(probe.sample, rttMs)
  else if (!probe.burst) probe.record.addAnswer(probe.sentMs, rttMs)
}

/** The probe passed the time-out or was refused; those of a burst are no samples. */
export function recordLoss(probe: Pending): void {
  if (!probe.burst) probe.sample ??= probe.record.addLoss(probe.sentMs)
}

/** The probes of one WAN and family that may still be answered; remembers each for ten seconds. */
export class PendingProbes {
  readonly #number: number
  readonly #probes = new Map<number, Pending>()
  #count = 0

  constructor({ index, family }: Pick<MonitorSettings, 'index' | 'family'>) {
    this.#number = families.indexOf(family) * maxWans + index
  }

  /** An id that no probe of another WAN or family has. */
  takeId(): number {
    this.#count += 1
    return this.#count * maxWans * families.length + this.#number
  }

  add(probe: Pick<Pending, 'stream' | 'record' | 'sentMs' | 'burst'>): number {
    const id = this.takeId()
    const { stream, record, sentMs, burst } = probe
    const fresh = { sample: null, overdue: false, lost: false }
    this.#probes.set(id, { id, stream, record, sentMs, burst, ...fresh })
    if (this.#probes.size > maxRemembered) this.#forgetOldest()
    return id
  }

  /** Takes the probe off the list; null where it isn't remembered. */
  settle(id: number): Pending | null {
    const probe = this.#probes.get(id) ?? null
    this.#probes.delete(id)
    return probe
  }

  /** Those that have just become later than their path makes plausible. */
  overdue(nowMs: number, timeoutMs: number): Pending[] {
    const found: Pending[] = []
    for (const probe of this.#probes.values()) {
      if (probe.overdue || nowMs < overdueAtMs(probe, timeoutMs)) continue
      probe.overdue = true
      found.push(probe)
    }
    return found
  }

  /** Those that have just passed the time-out; the ones nobody remembers any more go. */
  lost(nowMs: number, timeoutMs: number): Pending[] {
    const found: Pending[] = []
    for (const probe of this.#probes.values()) {
      if (nowMs - probe.sentMs >= Math.max(rememberMs, timeoutMs)) this.#probes.delete(probe.id)
      if (probe.lost || nowMs - probe.sentMs < timeoutMs) continue
      probe.lost = true
      found.push(probe)
    }
    return found
  }

  #forgetOldest(): void {
    for (const id of this.#probes.keys()) {
      this.#probes.delete(id)
      return
    }
  }

  nextJudgementMs(timeoutMs: number): number {
    let next = Number.POSITIVE_INFINITY
    for (const probe of this.#probes.values()) {
      if (!probe.overdue) next = Math.min(next, overdueAtMs(probe, timeoutMs))
      else if (!probe.lost) next = Math.min(next, probe.sentMs + timeoutMs)
    }
    return next
  }

  clear(): void {
    this.#probes.clear()
  }
}

function overdueAtMs(probe: Pending, timeoutMs: number): number {
  return probe.sentMs + probe.stream.roundTrip.plausibleMs(timeoutMs)
}

const rememberMs = 10_000
const maxRemembered = 1024
