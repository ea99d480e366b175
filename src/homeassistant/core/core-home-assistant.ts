/**
 * Home Assistant itself, by the Supervisor's proxy to its websocket and REST API: fires an event
 * for every change, notifies people by notify services, and takes their "fail back now". Without
 * a broker it publishes the states as well; with one it checks that Home Assistant uses it.
 *
 * It must never hold up the daemon, nor throw into it, nor use more memory while Home Assistant is
 * away: then it keeps the newest snapshot and the newest few events, and retries for ever.
 */
import type { Audience, CommandListener } from '../../model/audience.ts'
import type { Log } from '../../model/log.ts'
import type { MonthReport } from '../../model/published/month-report.ts'
import type { ChangeEvent, Snapshot } from '../../model/published/snapshot.ts'
import { settledWithin } from '../deadline.ts'
import { deviceId } from '../mqtt/discovery.ts'
import { type Names, topicsBelow } from '../mqtt/topics.ts'
import { type SupervisorAccess, SupervisorApi } from '../supervisor/supervisor-api.ts'
import { CoreConnection, type CoreTiming } from './core-connection.ts'
import { CoreNotifier } from './core-notifier.ts'
import { CoreOutbox } from './core-outbox.ts'
import type { CoreOutcome, CoreSession } from './core-session.ts'
import { CoreStateSender, type StatePace } from './core-state-sender.ts'
import { stateEntities } from './core-states.ts'
import { MqttIntegrationWatch } from './mqtt-integration.ts'
import { setupText } from './setup-text.ts'
import { StandingNotification } from './standing-notification.ts'

export interface CoreHomeAssistantOptions {
  readonly access: SupervisorAccess
  /** Begins all our ids, as over MQTT: two boxes have two base topics. */
  readonly baseTopic: string
  readonly names: Names
  /** As `notify.mobile_app_phone`. */
  readonly notify: readonly string[]
  readonly log: Log
  readonly onCommand: CommandListener
  /** What the user must put right in Home Assistant; null once it is right. */
  readonly onProblem: (problem: string | null) => void
  /** Between 0 and 1. */
  readonly random?: () => number
  readonly timing?: Partial<CoreHomeAssistantTiming>
}

export interface CoreHomeAssistantTiming extends CoreTiming {
  readonly states: StatePace
  /** Between two checks of an MQTT integration that isn't as it should be. */
  readonly mqttCheckMs: number
}

const usualTiming: CoreHomeAssistantTiming = {
  // A restart of Home Assistant takes less than a minute, and it runs on the same machine.
  retry: { firstMs: 1_000, lastMs: 5_000, stableMs: 30_000 },
  refusedRetryMs: 300_000,
  heartbeatMs: 30_000,
  heartbeatPatienceMs: 10_000,
  states: { roundMs: 1_000, figuresMs: 30_000, retryMs: 10_000 },
  mqttCheckMs: 180_000,
}

/** The event that automations without MQTT listen to; its data is a `ChangeEvent`. */
export const changedEvent = 'wan_failover_changed'

/** Once a month; its data is a `MonthReport`, with the first hundred outages. */
export const reportEvent = 'wan_failover_report'

const reportedOutages = 100

const eventPatienceMs = 10_000

/** Below the port's two seconds. */
const withdrawMs = 1_500

export class CoreHomeAssistant implements Audience {
  readonly #options: CoreHomeAssistantOptions
  readonly #failBackAction: string
  readonly #events = new CoreOutbox(eventPatienceMs)
  readonly #notifier: CoreNotifier
  /** What is wrong with options or host. */
  readonly #setup: StandingNotification
  readonly #states: CoreStateSender
  readonly #mqtt: MqttIntegrationWatch
  readonly #connection: CoreConnection
  #brokerIsThere: boolean | null = null
  #refusalIsLogged = false
  #closing: Promise<void> | null = null

  constructor(options: CoreHomeAssistantOptions) {
    const { access, log, names, notify } = options
    const timing = { ...usualTiming, ...options.timing }
    const id = deviceId(options.baseTopic)
    this.#options = options
    this.#failBackAction = `${id.toUpperCase()}_FAIL_BACK`
    this.#notifier = new CoreNotifier({
      services: notify,
      id,
      failBackAction: this.#failBackAction,
      log,
    })
    this.#setup = new StandingNotification(`${id}_setup`)
    this.#states = new CoreStateSender({
      api: new SupervisorApi(access),
      entities: stateEntities(topicsBelow(options.baseTopic), names),
      log,
      pace: timing.states,
    })
    this.#mqtt = new MqttIntegrationWatch({
      id,
      log,
      checkMs: timing.mqttCheckMs,
      onProblem: (problem) => {
        this.#notifier.entitiesAreShown = problem === null
        options.onProblem(problem)
      },
    })
    this.#connection = new CoreConnection({
      access,
      log,
      timing,
      random: options.random ?? Math.random,
      onUp: () => this.#standIn(),
      onReady: (session) => void this.#begin(session),
      onLost: () => this.#states.pause(),
    })
  }

  /**
   * Whether a broker shows our entities. Until we know, neither states nor notifications in Home
   * Assistant stand in for it. Resolves when our states are gone: the entities would otherwise get
   * other ids.
   */
  async brokerIs(isThere: boolean): Promise<void> {
    if (this.#brokerIsThere === isThere) return
    this.#brokerIsThere = isThere
    this.#notifier.entitiesAreShown = isThere
    if (isThere) await settledWithin(this.#states.withdraw(), withdrawMs)
    this.#standIn()
    this.#watchMqtt()
  }

  publish(snapshot: Snapshot): void {
    this.#notifier.serves = snapshot.pair === null || snapshot.pair.state === 'serving'
    this.#states.publish(snapshot)
    this.#setup.show(setupText(snapshot))
  }

  announce(event: ChangeEvent): void {
    this.#fire(changedEvent, event)
    this.#notifier.announce(event)
  }

  report(report: MonthReport): void {
    // Home Assistant takes no event of more than 32 kB into its database.
    this.#fire(reportEvent, { ...report, outages: report.outages.slice(0, reportedOutages) })
  }

  #fire(event_type: string, event_data: object): void {
    const command = { type: 'fire_event', event_type, event_data }
    this.#events.push(
      { command: () => command, answered: (outcome) => this.#eventAnswered(outcome) },
      this.#connection.session,
    )
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#mqtt.stop()
    await settledWithin(this.#states.withdraw(), withdrawMs)
    this.#connection.close()
  }

  /** Everything that a new connection needs. */
  async #begin(session: CoreSession): Promise<void> {
    this.#notifier.ready(session)
    this.#setup.ready(session)
    void this.#events.send(session)
    this.#watchMqtt()
    await session.listen('mobile_app_notification_action', (data) => this.#tapped(data))
  }

  /** States may come while Home Assistant starts: what needs them then finds them. */
  #standIn(): void {
    if (this.#closing !== null || this.#brokerIsThere !== false) return
    if (this.#connection.isUp) this.#states.start()
  }

  #watchMqtt(): void {
    const { session } = this.#connection
    if (this.#closing !== null || this.#brokerIsThere !== true || session === null) return
    this.#mqtt.ready(session)
  }

  /** Every button of every notification arrives here. */
  #tapped(data: unknown): void {
    if (typeof data !== 'object' || data === null || !('action' in data)) return
    if (data.action !== this.#failBackAction || this.#closing !== null) return
    this.#options.log.info('Home Assistant: a user tapped "Fail back now"')
    this.#options.onCommand({ kind: 'fail_back' })
  }

  #eventAnswered(outcome: CoreOutcome): 'done' {
    if (outcome.kind === 'refused' && !this.#refusalIsLogged) {
      this.#refusalIsLogged = true
      this.#options.log.warn(
        `Home Assistant: it refuses our events, so automations miss changes: ${outcome.reason}`,
      )
    }
    return 'done'
  }
}
