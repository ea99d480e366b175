/**
 * Logs what is wrong with the notify services of the options, each once and at the first
 * connection: nobody should find a misspelt one in the night when it is needed.
 */
import * as v from 'valibot'
import type { Log } from '../../model/log.ts'
import type { CoreOutcome, CoreSession } from './core-session.ts'

/** `get_services`: by domain and service, its description; only the names matter here. */
const servicesShape = v.object({ notify: v.optional(v.record(v.string(), v.unknown()), {}) })

/** A house has a dozen; the log line must stay readable. */
const maxNamed = 20

export class NotifyServices {
  readonly #wanted: readonly string[]
  readonly #log: Log
  readonly #logged = new Set<string>()
  #checked = false

  /** `wanted` with their domain, as `notify.mobile_app_phone`. */
  constructor(wanted: readonly string[], log: Log) {
    this.#wanted = wanted
    this.#log = log
  }

  async check(session: CoreSession): Promise<void> {
    if (this.#checked || this.#wanted.length === 0) return
    const answer = await session.ask({ type: 'get_services' })
    const parsed = v.safeParse(servicesShape, answer.kind === 'done' ? answer.result : null)
    if (!parsed.success) return
    this.#checked = true
    const there = Object.keys(parsed.output.notify).map((name) => `notify.${name}`)
    for (const service of this.#wanted) {
      if (there.includes(service)) continue
      const instead = there.length === 0 ? 'none' : there.slice(0, maxNamed).join(', ')
      this.#logOnce(
        service,
        `Home Assistant: there is no ${service}, so it notifies nobody; ` +
          `correct notify (there is: ${instead})`,
      )
    }
  }

  refused(service: string, { reason }: Extract<CoreOutcome, { kind: 'refused' }>): void {
    this.#logOnce(service, `Home Assistant: ${service} refuses our notification: ${reason}`)
  }

  #logOnce(service: string, line: string): void {
    if (this.#logged.has(service)) return
    this.#logged.add(service)
    this.#log.warn(line)
  }
}
