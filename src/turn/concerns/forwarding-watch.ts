/**
 * Whether devices that use this host as their gateway get through: by its own settings, and by
 * firewalls of others. Both may change at any time, also because the user does what we advise.
 */
import type { DaemonEvent } from '../../model/event.ts'
import type { Log } from '../../model/log.ts'
import { adviseForwarding } from '../../report/advice.ts'
import type { Concern, Decided, Seen } from '../concern.ts'
import type { Errand } from '../errand.ts'

export class ForwardingWatch implements Concern {
  readonly #log: Log
  #problems: readonly string[] = []
  #advice: readonly string[] = []
  /** A line that comes and goes is no reason to give a hint again. */
  readonly #hinted = new Set<string>()
  #lookAtMs = Number.NEGATIVE_INFINITY

  constructor(log: Log) {
    this.#log = log
  }

  take(event: DaemonEvent, { uplinks, nowMs }: Seen): boolean {
    if (event.kind === 'sign' && event.sign.kind === 'firewall') {
      this.#lookAtMs = Math.min(this.#lookAtMs, nowMs + soonMs)
    }
    if (event.kind !== 'forwarding') return false
    const advice = adviseForwarding(event.forwarding, uplinks)
    const problems = advice.flatMap(({ level, text }) => (level === 'error' ? text : []))
    this.#tellProblems(problems)
    for (const { level, text } of advice) if (level === 'hint') this.#hint(text)
    const isNews = problems.join() !== this.#problems.join()
    this.#problems = problems
    this.#advice = advice.map(({ text }) => text)
    this.#lookAtMs = nowMs + (problems.length > 0 ? oftenMs : rarelyMs)
    return isNews
  }

  wakeAtMs(): number {
    return this.#lookAtMs
  }

  afterwards({ nowMs }: Decided): readonly Errand[] {
    if (nowMs < this.#lookAtMs) return []
    this.#lookAtMs = nowMs + rarelyMs
    return [{ kind: 'look_at_forwarding' }]
  }

  problems(): readonly string[] {
    return this.#problems
  }

  advice(): readonly string[] {
    return this.#advice
  }

  #tellProblems(problems: readonly string[]): void {
    for (const text of problems) if (!this.#problems.includes(text)) this.#log.warn(text)
    if (problems.length > 0 || this.#problems.length === 0) return
    this.#log.info('devices that use this host as their gateway get through again')
  }

  #hint(text: string): void {
    if (this.#hinted.has(text)) return
    this.#hinted.add(text)
    this.#log.info(text)
  }
}

/** Docker makes several changes for one container. */
const soonMs = 1_000
/** Whoever mends it wants to see that it was that. */
const oftenMs = 10_000
/** Nothing says when a setting of the kernel changes. */
const rarelyMs = 60_000
