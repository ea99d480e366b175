/** One notification in Home Assistant's own list: it is replaced, and removed when all is well. */
import type { CoreSession } from './core-session.ts'

export interface StandingText {
  readonly title: string
  /** Markdown. */
  readonly message: string
}

export class StandingNotification {
  readonly #id: string
  #wanted: StandingText | null = null
  #session: CoreSession | null = null
  /** What this session's Home Assistant shows; undefined if we don't know. */
  #shown: string | undefined
  #sending = false

  constructor(id: string) {
    this.#id = id
  }

  /** Home Assistant forgets its notifications when it restarts, and we when we restart. */
  ready(session: CoreSession): void {
    this.#session = session
    this.#shown = undefined
    void this.#send()
  }

  /** null removes it. */
  show(text: StandingText | null): void {
    this.#wanted = text
    void this.#send()
  }

  async #send(): Promise<void> {
    if (this.#sending) return
    this.#sending = true
    let session = this.#session
    while (session?.isUp === true && JSON.stringify(this.#wanted) !== this.#shown) {
      const wanted: StandingText | null = this.#wanted
      this.#shown = JSON.stringify(wanted)
      await session.ask({
        type: 'call_service',
        domain: 'persistent_notification',
        service: wanted === null ? 'dismiss' : 'create',
        service_data: { notification_id: this.#id, ...wanted },
      })
      session = this.#session
    }
    this.#sending = false
  }
}
