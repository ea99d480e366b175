/**
 * Stays connected to the broker: it retries for ever, with growing pauses, and logs each fault once
 * and in plain words, not at every retry. It never keeps what it couldn't send.
 */
import type { Log } from '../../model/log.ts'
import { Retries, type RetryTiming } from '../retries.ts'
import {
  type Broker,
  connectOptions,
  faultText,
  type ProtocolVersion,
  refusesProtocol,
} from './broker.ts'
import { MqttSession } from './mqtt-session.ts'
import type { Message } from './topics.ts'

export interface MqttConnectionOptions {
  readonly broker: Broker
  readonly clientId: string
  readonly will: { readonly topic: string; readonly payload: string } | null
  readonly log: Log
  readonly retry: RetryTiming
  /** Between 0 and 1. */
  readonly random: () => number
  readonly onUp: (session: MqttSession) => void
  readonly onMessage: (message: Message) => void
}

export class MqttConnection {
  readonly #options: MqttConnectionOptions
  readonly #where: string
  readonly #retries: Retries
  #session: MqttSession | null = null
  #protocolVersion: ProtocolVersion = 5
  #upSinceMs: number | null = null
  /** The fault in the log; null while all is well. */
  #fault: string | null = null
  #closed = false

  constructor(options: MqttConnectionOptions) {
    this.#options = options
    this.#where = `${options.broker.host}:${options.broker.port}`
    this.#retries = new Retries(options.retry, options.random)
    this.#attempt()
  }

  /** null while the broker is away. */
  get session(): MqttSession | null {
    return this.#session?.isUp === true ? this.#session : null
  }

  /** Ends the session and stops trying. Resolves at the latest after `patienceMs`. */
  async close(patienceMs: number): Promise<void> {
    this.#closed = true
    this.#retries.cancel()
    await this.#session?.end(patienceMs)
  }

  #attempt(): void {
    const { broker, clientId, will } = this.#options
    try {
      const session: MqttSession = new MqttSession(
        {
          ...connectOptions(broker, this.#protocolVersion),
          clientId,
          ...(will === null ? {} : { will: { ...will, qos: 1, retain: true } }),
        },
        {
          up: () => this.#up(session),
          message: (message) => this.#options.onMessage(message),
          down: (cause) => this.#down(cause),
        },
      )
      this.#session = session
    } catch (error) {
      // The CA file can't be read, or the address is none: the user may put it right.
      this.#down(error)
    }
  }

  #up(session: MqttSession): void {
    this.#upSinceMs = performance.now()
    this.#fault = null
    this.#options.log.info(`MQTT: connected to the broker ${this.#where}`)
    this.#options.onUp(session)
  }

  #down(cause: unknown): void {
    this.#session = null
    if (this.#closed) return
    const heldMs = this.#upSinceMs === null ? null : performance.now() - this.#upSinceMs
    this.#upSinceMs = null
    if (this.#protocolVersion === 5 && refusesProtocol(cause)) {
      this.#protocolVersion = 4
      this.#retries.after(0, () => this.#attempt())
      return
    }
    const { broker, log, retry } = this.#options
    const fault = faultText(cause, broker)
    if (fault !== this.#fault) {
      this.#fault = fault
      const what = heldMs === null ? 'there is no connection' : 'the connection is lost'
      const seconds = Math.ceil(retry.lastMs / 1000)
      log.warn(`MQTT: ${fault}; ${what}, it tries again at least every ${seconds} s`)
    }
    this.#retries.afterFailure(heldMs, () => this.#attempt())
  }
}
