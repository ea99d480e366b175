/**
 * Whether devices that use this host as their gateway get through: by its own settings, and by
 * firewalls of others. Both may change at any time, also because the user does what we advise.
 */
import type { DaemonEvent } from '../../model/event.ts'
import type { Log } from '../../model/log.ts'
import { type Advice, adviseForwarding } from '../../report/advice.ts'
import type { Concern, Decided, Seen } from '../concern.ts'
import type { Errand } from '../errand.ts'

export class ForwardingWatch implements Concern {
  readonly #log: Log
  /** As of the last look. */
  #found: readonly Advice[] = []
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
    const before = this.problems()
    this.#found = adviseForwarding(event.forwarding, uplinks)
    const problems = this.problems()
    this.#tell(before, problems)
    this.#lookAtMs = nowMs + (problems.length > 0 ? oftenMs : rarelyMs)
    return problems.join() !== before.join()
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
    return this.#texts('error')
  }

  advice(): readonly string[] {
    return this.#found.map(({ text }) => text)
  }

  #texts(wanted: Advice['level']): readonly string[] {
    return this.#found.flatMap(({ level, text }) => (level === wanted ? text : []))
  }

  #tell(before: readonly string[], problems: readonly string[]): void {
    for (const text of problems) if (!before.includes(text)) this.#log.warn(text)
    for (const text of this.#texts('hint')) {
      if (!this.#hinted.has(text)) this.#log.info(text)
      this.#hinted.add(text)
    }
    if (problems.length > 0 || before.length === 0) return
    this.#log.info('devices that use this host as their gateway get through again')
  }
}

/** Docker makes several changes for one container. */
const soonMs = 1_000
/** Whoever mends it wants to see that it was that. */
const oftenMs = 10_000
/** Nothing says when a setting of the kernel changes. */
const rarelyMs = 60_000
