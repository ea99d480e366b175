/**
 * Notifies people by Home Assistant's notify services; if there is neither a service nor an entity
 * over MQTT, by a notification in Home Assistant itself. It never sends a phone what can't reach
 * it: a phone learns of an outage when the Internet is back.
 */
import type { Log } from '../../model/log.ts'
import type { ChangeEvent } from '../../model/published/snapshot.ts'
import { CoreOutbox } from './core-outbox.ts'
import type { CoreCommand, CoreOutcome, CoreSession } from './core-session.ts'
import {
  type Notification,
  noOutages,
  notificationOf,
  type Outages,
  remember,
  withTime,
} from './notification-text.ts'
import { NotifyServices } from './notify-services.ts'
import { StandingNotification } from './standing-notification.ts'

export interface CoreNotifierOptions {
  /** As `notify.mobile_app_phone`. */
  readonly services: readonly string[]
  /** Begins every id of ours in Home Assistant. */
  readonly id: string
  /** The button sends it back, by the event `mobile_app_notification_action`. */
  readonly failBackAction: string
  readonly log: Log
}

/** A push goes over the Internet, which has just moved. */
const pushPatienceMs = 30_000

export class CoreNotifier {
  readonly #options: CoreNotifierOptions
  readonly #outboxes: ReadonlyMap<string, CoreOutbox>
  readonly #services: NotifyServices
  readonly #standing: StandingNotification
  /** Services that take only a title and a message. */
  readonly #plainServices = new Set<string>()
  /** false: the other box of a pair serves the house, and says what there is to say. */
  serves = true
  #session: CoreSession | null = null
  #outages: Outages = noOutages
  #failedOver = false
  #entitiesAreShown: boolean | null = null
  #standingText: { readonly notification: Notification; readonly at: string } | null = null

  constructor(options: CoreNotifierOptions) {
    this.#options = options
    this.#services = new NotifyServices(options.services, options.log)
    this.#standing = new StandingNotification(`${options.id}_internet`)
    this.#outboxes = new Map(
      options.services.map((service) => [service, new CoreOutbox(pushPatienceMs)]),
    )
  }

  /** Whether our entities over MQTT show changes in Home Assistant; null: not known yet. */
  set entitiesAreShown(areShown: boolean | null) {
    this.#entitiesAreShown = areShown
    this.#showStanding()
  }

  ready(session: CoreSession): void {
    this.#session = session
    this.#standing.ready(session)
    void this.#services.check(session)
    for (const outbox of this.#outboxes.values()) void outbox.send(session)
    this.#showStanding()
  }

  announce(event: ChangeEvent): void {
    const notification = notificationOf(event, this.#outages)
    this.#outages = remember(this.#outages, event)
    if (event.event_type === 'failover') this.#failedOver = true
    if (event.event_type === 'failback') this.#failedOver = false
    if (notification === null) return
    const isWell = !this.#failedOver && this.#outages.allDownSince === null
    this.#standingText = isWell || !this.serves ? null : { notification, at: event.at }
    this.#showStanding()
    if (event.event_type === 'all_down' || !this.serves) return
    const session = this.#session?.isUp === true ? this.#session : null
    for (const [service, outbox] of this.#outboxes) {
      outbox.push(
        {
          command: () => this.#command(service, notification, event.at),
          answered: (outcome) => this.#answered(service, outcome),
        },
        session,
      )
    }
  }

  #command(service: string, notification: Notification, at: string): CoreCommand {
    const { title, text, subject, canFailBack } = notification
    const { id, failBackAction } = this.#options
    const tag = subject === 'path' ? id : `${id}_${subject}`
    const actions = [{ action: failBackAction, title: 'Fail back now' }]
    return {
      type: 'call_service',
      domain: 'notify',
      service: service.replace(/^notify\./, ''),
      service_data: {
        title,
        message: withTime(text, at, Date.now()),
        // With the same tag the newest notification replaces the one before.
        ...(this.#plainServices.has(service)
          ? {}
          : { data: { tag, ...(canFailBack ? { actions } : {}) } }),
      },
    }
  }

  #answered(service: string, outcome: CoreOutcome): 'done' | 'again' {
    if (outcome.kind !== 'refused') return 'done'
    if (outcome.code === 'invalid_format' && !this.#plainServices.has(service)) {
      this.#plainServices.add(service)
      return 'again'
    }
    this.#services.refused(service, outcome)
    return 'done'
  }

  #showStanding(): void {
    if (this.#entitiesAreShown !== false || this.#options.services.length > 0) {
      this.#standing.show(null)
    } else {
      const text = this.#standingText
      this.#standing.show(
        text === null
          ? null
          : {
              title: text.notification.title,
              message: withTime(text.notification.text, text.at, Date.now()),
            },
      )
    }
  }
}
