/**
 * The house's MQTT side: an embedded broker on the host's loopback, everything that was ever
 * retained there, the events, and a hand to publish with. For the real broker see the Mosquitto
 * tests.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { Aedes } from 'aedes'
import mqtt, { type MqttClient } from 'mqtt'
import type { ChangeEvent, Snapshot } from '../../src/model/published/snapshot.ts'
import { type WaitOptions, waitFor } from '../wait-for.ts'
import { monotonicMs } from './monotonic.ts'

export interface SeenEvent extends ChangeEvent {
  /** When it arrived, monotonicMs(). */
  readonly seenMs: number
}

export class MqttHouse {
  readonly port: number
  readonly events: SeenEvent[] = []
  #broker: Aedes
  #server: Server
  readonly #client: MqttClient
  readonly #topics = new Map<string, string>()

  private constructor(broker: Aedes, server: Server, client: MqttClient) {
    this.#broker = broker
    this.#server = server
    this.#client = client
    this.port = (server.address() as AddressInfo).port
    client.on('message', (topic, payload) => this.#note(topic, payload.toString()))
  }

  /** Loopback of this network namespace has to be up. */
  static async open(): Promise<MqttHouse> {
    const { broker, server } = await startBroker(0)
    const { port } = server.address() as AddressInfo
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 100 })
    const house = new MqttHouse(broker, server, client)
    await client.subscribeAsync('#')
    return house
  }

  /** The broker ends; what it retained is forgotten, here too. */
  async goAway(): Promise<void> {
    this.#topics.clear()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await new Promise<void>((resolve) => this.#broker.close(() => resolve()))
    await closed
  }

  /** A new broker at the old port. */
  async comeBack(): Promise<void> {
    const { broker, server } = await startBroker(this.port)
    this.#broker = broker
    this.#server = server
  }

  /** The newest payload of a topic below the base topic. */
  topic(name: string): string | undefined {
    return this.#topics.get(`wan_failover/${name}`)
  }

  state(): Snapshot | null {
    const text = this.topic('state')
    return text === undefined ? null : (JSON.parse(text) as Snapshot)
  }

  /** Publishes to a topic below the base topic. */
  async publish(name: string, payload: string): Promise<void> {
    await this.#client.publishAsync(`wan_failover/${name}`, payload, { qos: 1 })
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
    await new Promise<void>((resolve) => this.#broker.close(() => resolve()))
    this.#server.close()
  }

  #note(topic: string, payload: string): void {
    this.#topics.set(topic, payload)
    if (topic !== 'wan_failover/event') return
    this.events.push({ ...(JSON.parse(payload) as ChangeEvent), seenMs: monotonicMs() })
  }
}

async function startBroker(port: number): Promise<{ broker: Aedes; server: Server }> {
  const broker = await Aedes.createBroker()
  const server = createServer(broker.handle)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { broker, server }
}
