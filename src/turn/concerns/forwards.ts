import type { HostState } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { adviseForwards } from '../../report/advice.ts'
import type { Concern, Decided } from '../concern.ts'

/** Names forwards that lead to nobody, once they have done so for a while. */
export class Forwards implements Concern {
  readonly #settings: Settings
  readonly #log: Log
  #host: HostState | null = null
  #found: readonly string[] = []
  /** Since when something is found; null: nothing is. */
  #sinceMs: number | null = null
  #problems: readonly string[] = []

  constructor(settings: Settings, log: Log) {
    this.#settings = settings
    this.#log = log
  }

  afterwards({ host, uplinks, nowMs }: Decided): [] {
    // To compare them with all networks takes a while, and nothing changes without the host.
    if (host !== null && host !== this.#host) {
      this.#found = adviseForwards(this.#settings, { host, uplinks })
    }
    this.#host = host
    this.#sinceMs = this.#found.length === 0 ? null : (this.#sinceMs ?? nowMs)
    const isDue = this.#sinceMs !== null && nowMs >= this.#sinceMs + patienceMs
    const problems = isDue ? this.#found : []
    for (const text of problems) if (!this.#problems.includes(text)) this.#log.warn(text)
    this.#problems = problems
    return []
  }

  wakeAtMs(): number {
    const isSaid = this.#sinceMs === null || this.#problems.length > 0
    return isSaid ? Number.POSITIVE_INFINITY : (this.#sinceMs ?? 0) + patienceMs
  }

  problems(): readonly string[] {
    return this.#problems
  }
}

/** After a start the LAN may have to wait for its address, or for a routing daemon. */
const patienceMs = 30_000
