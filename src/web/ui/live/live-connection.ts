/**
 * Keeps the page's picture live: by server-sent events, which it opens again when they end, and by
 * requests while they are silent, because some proxies hold back a stream.
 */
import type { ChangeEvent, Snapshot } from '../../../model/published/snapshot.ts'
import { getState } from './api.ts'

export interface LiveListener {
  state(snapshot: Snapshot): void
  change(event: ChangeEvent): void
  /** `false`: what the page shows grows old. */
  connected(is: boolean): void
}

/** The browser stops retrying at the first answer that is not a stream; we go on. */
const retryMs = { first: 1_000, most: 15_000 }

/** The daemon publishes every ten seconds; after so much silence it requests the state. */
const silenceMs = 25_000

export class LiveConnection {
  readonly #listener: LiveListener
  #source: EventSource | null = null
  #retry: ReturnType<typeof setTimeout> | null = null
  #watch: ReturnType<typeof setInterval> | null = null
  #delayMs = retryMs.first
  #heardAt = 0

  constructor(listener: LiveListener) {
    this.#listener = listener
  }

  /** Since the newest snapshot. */
  get silentMs(): number {
    return performance.now() - this.#heardAt
  }

  start(): void {
    this.#open()
    this.#watch = setInterval(() => this.#look(), 5_000)
    document.addEventListener('visibilitychange', this.#shown)
  }

  close(): void {
    document.removeEventListener('visibilitychange', this.#shown)
    if (this.#watch !== null) clearInterval(this.#watch)
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#source?.close()
  }

  #open(): void {
    this.#retry = null
    this.#source?.close()
    const source = new EventSource('api/events')
    this.#source = source
    source.addEventListener('state', ({ data }) => {
      this.#delayMs = retryMs.first
      this.#hear(JSON.parse(data) as Snapshot)
    })
    source.addEventListener('change', ({ data }) => {
      this.#listener.change(JSON.parse(data) as ChangeEvent)
    })
    source.addEventListener('error', () => {
      source.close()
      this.#listener.connected(false)
      this.#openLater()
    })
  }

  #openLater(): void {
    if (this.#retry !== null) return
    this.#retry = setTimeout(() => this.#open(), this.#delayMs)
    this.#delayMs = Math.min(retryMs.most, this.#delayMs * 2)
  }

  #hear(snapshot: Snapshot): void {
    this.#heardAt = performance.now()
    this.#listener.state(snapshot)
    this.#listener.connected(true)
  }

  #look(): void {
    if (document.hidden || this.silentMs < silenceMs) return
    void this.#askState()
  }

  async #askState(): Promise<void> {
    const answer = await getState()
    if (answer.kind === 'ok') this.#hear(answer.value)
    else this.#listener.connected(false)
  }

  /** After a sleep a phone may hold a dead stream without noticing. */
  readonly #shown = (): void => {
    if (document.hidden || this.silentMs < silenceMs) return
    this.#delayMs = retryMs.first
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#open()
  }
}
