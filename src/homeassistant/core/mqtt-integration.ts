/**
 * Checks whether Home Assistant's own MQTT integration is set up: without it a broker shows
 * nothing there. By `config_entries/get` of Home Assistant's websocket API.
 */
import * as v from 'valibot'
import type { Log } from '../../model/log.ts'
import type { CoreSession } from './core-session.ts'
import { StandingNotification } from './standing-notification.ts'

/** One integration's entry: `components/config/config_entries.py` of Home Assistant. */
const entriesShape = v.array(
  v.object({
    domain: v.string(),
    source: v.string(),
    state: v.string(),
    disabled_by: v.nullish(v.string()),
  }),
)

export interface MqttIntegrationWatchOptions {
  /** Begins the notification's id. */
  readonly id: string
  readonly log: Log
  readonly onProblem: (problem: string | null) => void
  readonly checkMs: number
}

/** Reports that it isn't set up, and later that it is. */
export class MqttIntegrationWatch {
  readonly #options: MqttIntegrationWatchOptions
  readonly #notification: StandingNotification
  #fault: string | null = null
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(options: MqttIntegrationWatchOptions) {
    this.#options = options
    this.#notification = new StandingNotification(`${options.id}_mqtt`)
  }

  ready(session: CoreSession): void {
    this.#notification.ready(session)
    void this.#check(session)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  async #check(session: CoreSession): Promise<void> {
    clearTimeout(this.#timer)
    const fault = await mqttIntegrationFault(session)
    if (this.#stopped || !session.isUp) return
    if (fault !== undefined) this.#report(fault)
    if (fault !== null) {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => void this.#check(session), this.#options.checkMs)
    }
  }

  #report(fault: string | null): void {
    if (fault === this.#fault) return
    this.#fault = fault
    const { log, onProblem } = this.#options
    if (fault === null)
      log.info("Home Assistant's MQTT integration is set up now, so entities show up")
    else log.warn(fault)
    this.#notification.show(fault === null ? null : { title: 'WAN Failover', message: `${fault}.` })
    onProblem(fault)
  }
}

/**
 * null if all is well, undefined if it can't find out; else what is wrong and what to do, in the
 * user's words.
 */
async function mqttIntegrationFault(session: CoreSession): Promise<string | null | undefined> {
  const answer = await session.ask({ type: 'config_entries/get', domain: 'mqtt' })
  const parsed = v.safeParse(entriesShape, answer.kind === 'done' ? answer.result : null)
  if (!parsed.success) return undefined
  // A user who declined the integration has an entry as well: an ignored one.
  const entries = parsed.output.filter(
    ({ domain, source }) => domain === 'mqtt' && source !== 'ignore',
  )
  const enabled = entries.filter(
    ({ disabled_by }) => disabled_by === null || disabled_by === undefined,
  )
  if (entries.length === 0) {
    return (
      "There is an MQTT broker, but Home Assistant's MQTT integration isn't set up, so no entity " +
      'shows up: add it in Settings, Devices & services'
    )
  }
  if (enabled.length === 0) {
    return (
      "Home Assistant's MQTT integration is disabled, so no entity shows up: enable it in " +
      'Settings, Devices & services'
    )
  }
  if (!enabled.some(({ state }) => working.includes(state))) {
    return (
      `Home Assistant's MQTT integration doesn't work (${enabled[0]?.state}), so no entity shows ` +
      'up: see Settings, Devices & services'
    )
  }
  return null
}

/** A retry is no fault of the setup: the broker may be restarting. */
const working = ['loaded', 'setup_in_progress', 'setup_retry']
