/** A smart plug on the broker: does what it is told, says so, and remembers it. */
import { connectAsync, type MqttClient } from 'mqtt'
import type { Broker } from '../../../src/homeassistant/mqtt/broker.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'

export const plugEntity = 'switch.modem_plug'

export class Plug {
  /** What it was told, with when, monotonicMs(). */
  readonly told: { readonly state: string; readonly atMs: number }[] = []
  readonly #client: MqttClient

  private constructor(client: MqttClient) {
    this.#client = client
  }

  static async plugIn({ host, port, username, password }: Broker): Promise<Plug> {
    const login = username === null || password === null ? {} : { username, password }
    const client = await connectAsync({ host, port, ...login })
    const plug = new Plug(client)
    client.on('message', (_topic, payload) => {
      const state = payload.toString()
      plug.told.push({ state, atMs: monotonicMs() })
      void client.publishAsync('plug/state', state, { qos: 1, retain: true })
    })
    await client.subscribeAsync('plug/set', { qos: 1 })
    const discovery = {
      name: 'Modem plug',
      unique_id: 'modem_plug',
      default_entity_id: plugEntity,
      state_topic: 'plug/state',
      command_topic: 'plug/set',
    }
    const retained = { qos: 1, retain: true } as const
    await client.publishAsync(
      'homeassistant/switch/plug/config',
      JSON.stringify(discovery),
      retained,
    )
    await client.publishAsync('plug/state', 'ON', retained)
    return plug
  }

  get states(): readonly string[] {
    return this.told.map(({ state }) => state)
  }

  async unplug(): Promise<void> {
    await this.#client.endAsync(true)
  }
}
