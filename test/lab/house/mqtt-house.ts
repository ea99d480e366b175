/**
 * The house's MQTT side: an embedded broker on the host's loopback, everything that was ever
 * retained there, the events, and a hand to publish with. For the real broker see the Mosquitto
 * tests.
 */
import mqtt, { type MqttClient } from 'mqtt'
import type { ChangeEvent, Snapshot } from '../../../src/model/published/snapshot.ts'
import { EmbeddedBroker } from '../../fakes/embedded-broker.ts'
import { type WaitOptions, waitFor } from '../../wait-for.ts'
import { monotonicMs } from '../measure/monotonic.ts'

export interface SeenEvent extends ChangeEvent {
  /** When it arrived, monotonicMs(). */
  readonly seenMs: number
}

/** A message that gets lost would be waited for without end. */
const publishedWithinMs = 60_000

export const bothUp = ({ wans }: Snapshot): boolean =>
  Object.values(wans).every(({ state }) => state === 'up')

export class MqttHouse {
  readonly port: number
  readonly events: SeenEvent[] = []
  #broker: EmbeddedBroker
  readonly #client: MqttClient
  readonly #topics = new Map<string, string>()
  /** A state is looked at much more often than it changes. */
  #read: { readonly text: string; readonly state: Snapshot } | null = null

  private constructor(broker: EmbeddedBroker, client: MqttClient) {
    this.#broker = broker
    this.#client = client
    this.port = broker.port
    client.on('message', (topic, payload) => this.#note(topic, payload.toString()))
  }

  /** Loopback of this network namespace has to be up. */
  static async open(): Promise<MqttHouse> {
    const broker = await EmbeddedBroker.start()
    const url = `mqtt://127.0.0.1:${broker.port}`
    const house = new MqttHouse(broker, await mqtt.connectAsync(url, { reconnectPeriod: 100 }))
    await house.#client.subscribeAsync('#')
    return house
  }

  /** The broker ends; what it retained is forgotten, here too. */
  async goAway(): Promise<void> {
    this.#topics.clear()
    await this.#broker.close()
  }

  /** A new broker at the old port. */
  async comeBack(): Promise<void> {
    this.#broker = await EmbeddedBroker.start(this.port)
  }

  /** The newest payload of a topic below the base topic. */
  topic(name: string): string | undefined {
    return this.#topics.get(`wan_failover/${name}`)
  }

  /** The newest payload of any topic, by its whole name. */
  at(topic: string): string | undefined {
    return this.#topics.get(topic)
  }

  state(): Snapshot | null {
    const text = this.topic('state')
    if (text === undefined) return null
    if (this.#read?.text !== text) this.#read = { text, state: JSON.parse(text) as Snapshot }
    return this.#read.state
  }

  /** There is none until the daemon publishes one. */
  forgetState(): void {
    this.#topics.delete('wan_failover/state')
  }

  /** Publishes to a topic below the base topic. */
  async publish(name: string, payload: string): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const what = `the broker took no message on ${name} in ${publishedWithinMs} ms`
    const timer = setTimeout(() => reject(new Error(what)), publishedWithinMs)
    const published = this.#client.publishAsync(`wan_failover/${name}`, payload, { qos: 1 })
    try {
      await Promise.race([published, late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Resolves with the first state that fits. */
  waitForState(
    fits: (state: Snapshot) => boolean,
    wait: Pick<WaitOptions, 'deadlineMs' | 'what'>,
  ): Promise<Snapshot> {
    return waitFor(() => {
      const state = this.state()
      return state !== null && fits(state) ? state : null
    }, wait)
  }

  /** Both WANs are up; a failure shows the log. */
  async waitUntilUp(wait: {
    readonly deadlineMs: number
    readonly log: () => readonly string[] | Promise<readonly string[]>
  }): Promise<void> {
    const { deadlineMs, log } = wait
    try {
      await this.waitForState(bothUp, { deadlineMs, what: 'both WANs are up' })
    } catch (error) {
      throw new Error(`the log is:\n${(await log()).join('\n')}`, { cause: error })
    }
  }

  waitForEvent(
    type: ChangeEvent['event_type'],
    { afterMs, deadlineMs }: { afterMs: number; deadlineMs: number },
  ): Promise<SeenEvent> {
    const found = () =>
      this.events.find((event) => event.event_type === type && event.seenMs >= afterMs)
    return waitFor(found, { deadlineMs, what: `an event ${type}` })
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true)
    await this.#broker.close()
  }

  #note(topic: string, payload: string): void {
    this.#topics.set(topic, payload)
    if (topic !== 'wan_failover/event') return
    this.events.push({ ...(JSON.parse(payload) as ChangeEvent), seenMs: monotonicMs() })
  }
}
