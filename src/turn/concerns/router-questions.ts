/**
 * Has the IPv6 routers of a link that WANs share say what they offer: until then nobody knows whose
 * router and whose network is whose. Once asked, they say so again by themselves.
 */
import type { Log } from '../../model/log.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { linksToAsk } from '../../network/routers.ts'
import { adviseRouters } from '../../report/advice.ts'
import type { Concern, Decided } from '../concern.ts'
import type { Errand } from '../errand.ts'

export class RouterQuestions implements Concern {
  readonly #settings: Settings
  readonly #log: Log
  /** By link, how often it was asked, and when it will be again. */
  readonly #asked = new Map<string, { readonly times: number; readonly nextAtMs: number }>()
  #wakeAtMs = Number.POSITIVE_INFINITY
  #advice: readonly string[] = []

  constructor(settings: Settings, log: Log) {
    this.#settings = settings
    this.#log = log
  }

  wakeAtMs(): number {
    return this.#wakeAtMs
  }

  afterwards({ host, uplinks, nowMs }: Decided): readonly Errand[] {
    const { unsure, all } = linksToAsk(this.#settings.wans, uplinks)
    this.#wakeAtMs = Number.POSITIVE_INFINITY
    if (host?.ipv6 !== true) return []
    const errands: Errand[] = []
    for (const link of all) {
      const { times = 0, nextAtMs = nowMs } = this.#asked.get(link) ?? {}
      if (times > 0 && !unsure.includes(link)) continue
      const isDue = nowMs >= nextAtMs
      if (isDue) errands.push({ kind: 'ask_routers', link })
      const pauseMs = times < quickTimes ? soonMs : laterMs
      const next = isDue ? { times: times + 1, nextAtMs: nowMs + pauseMs } : { times, nextAtMs }
      this.#asked.set(link, next)
      this.#wakeAtMs = Math.min(this.#wakeAtMs, next.nextAtMs)
    }
    const silent = unsure.filter((link) => (this.#asked.get(link)?.times ?? 0) > quickTimes)
    this.#tell(adviseRouters(uplinks.filter(({ link }) => link !== null && silent.includes(link))))
    return errands
  }

  advice(): readonly string[] {
    return this.#advice
  }

  #tell(advice: readonly string[]): void {
    for (const text of advice) if (!this.#advice.includes(text)) this.#log.info(text)
    this.#advice = advice
  }
}

/** Three at intervals of four seconds, as RFC 4861, 10 has every host ask. */
const quickTimes = 3
const soonMs = 4_000
const laterMs = 60_000
