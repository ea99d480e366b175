/**
 * One connection to the broker, from the attempt to its end; each connection has a session of its
 * own. A session never queues while it isn't up, never reconnects, and never leaves a caller
 * waiting: every promise settles, at the latest when the session gives up the connection.
 */
import { connect, type IClientOptions, type MqttClient } from 'mqtt'
import type { Message } from './topics.ts'

export interface SessionEvents {
  up(): void
  message(message: Message): void
  /** Once: the attempt failed, or the connection is gone. null: it ended silently. */
  down(cause: unknown): void
}

export type Outcome =
  | { readonly kind: 'done' }
  /** The broker said no: mostly because of our user's rights. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'lost' }

export interface PublishOptions {
  readonly retain: boolean
  readonly expirySeconds?: number
}

/** After so long without an answer the session gives up the connection. */
const answerTimeoutMs = 10_000

export class MqttSession {
  readonly #client: MqttClient
  readonly #events: SessionEvents
  /** Settles each promise that is still open. */
  readonly #waiting = new Set<(outcome: Outcome) => void>()
  #state: 'connecting' | 'up' | 'down' = 'connecting'

  constructor(options: IClientOptions, events: SessionEvents) {
    this.#events = events
    this.#client = connect(options)
    this.#client.on('connect', () => this.#up())
    this.#client.on('message', (topic, payload, packet) => {
      if (this.#state !== 'up') return
      this.#events.message({ topic, payload, retained: packet.retain })
    })
    this.#client.on('disconnect', (packet) => this.#down({ code: packet.reasonCode ?? 0 }))
    this.#client.on('error', (error) => this.#down(error))
    this.#client.on('close', () => this.#down(null))
  }

  get isUp(): boolean {
    return this.#state === 'up'
  }

  /** Messages and subscriptions that the broker hasn't answered yet. */
  get unanswered(): number {
    return this.#waiting.size
  }

  /** After `expirySeconds` a broker that knows MQTT 5 retains it no longer. */
  publish(topic: string, payload: string, options: PublishOptions): Promise<Outcome> {
    const { retain, expirySeconds } = options
    const expiry =
      expirySeconds === undefined ? {} : { properties: { messageExpiryInterval: expirySeconds } }
    return this.#asked((answered) => {
      this.#client.publish(topic, payload, { qos: 1, retain, ...expiry }, answered)
    })
  }

  /** With `keepFlag`, a message published as retained says so even when it arrives live. */
  subscribe(topics: readonly string[], options: { readonly keepFlag: boolean }): Promise<Outcome> {
    if (topics.length === 0) return Promise.resolve({ kind: 'done' })
    return this.#asked((answered) => {
      this.#client.subscribe([...topics], { qos: 1, rap: options.keepFlag }, answered)
    })
  }

  unsubscribe(topics: readonly string[]): Promise<Outcome> {
    return this.#asked((answered) => {
      this.#client.unsubscribe([...topics], answered)
    })
  }

  /** Disconnects properly, so that no last will is published; or by force after `patienceMs`. */
  end(patienceMs: number): Promise<void> {
    const wasUp = this.#state === 'up'
    this.#state = 'down'
    this.#settle({ kind: 'lost' })
    if (!wasUp) {
      this.#client.end(true)
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      const cut = setTimeout(() => {
        this.#client.stream.destroy()
        resolve()
      }, patienceMs)
      this.#client.once('close', () => {
        clearTimeout(cut)
        resolve()
      })
      // The library would wait for unanswered messages before it ends.
      for (const id of Object.keys(this.#client.outgoing)) {
        this.#client.removeOutgoingMessage(Number(id))
      }
      this.#client.end()
    })
  }

  #up(): void {
    if (this.#state !== 'connecting') return
    this.#state = 'up'
    this.#events.up()
  }

  #down(cause: unknown): void {
    if (this.#state === 'down') return
    this.#state = 'down'
    this.#settle({ kind: 'lost' })
    this.#client.end(true)
    this.#events.down(cause)
  }

  #settle(outcome: Outcome): void {
    for (const settle of [...this.#waiting]) settle(outcome)
  }

  #asked(ask: (answered: (error?: Error | null) => void) => void): Promise<Outcome> {
    if (this.#state !== 'up') return Promise.resolve({ kind: 'lost' })
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#down({ code: 'ETIMEDOUT' }), answerTimeoutMs)
      const settle = (outcome: Outcome) => {
        clearTimeout(timer)
        this.#waiting.delete(settle)
        resolve(outcome)
      }
      this.#waiting.add(settle)
      ask((error) => {
        if (!this.#waiting.has(settle)) return
        if (error === undefined || error === null) settle({ kind: 'done' })
        else settle({ kind: 'refused', reason: error.message })
      })
    })
  }
}
