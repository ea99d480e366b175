/** What somebody else on the same broker sees, as Home Assistant would; and speaks there. */
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'

export interface Seen {
  readonly topic: string
  readonly payload: string
  readonly retained: boolean
}

export class BrokerView {
  readonly seen: Seen[] = []
  /** The newest payload of each topic, an emptied one left out. */
  readonly newest = new Map<string, string>()
  readonly #client: MqttClient

  constructor(client: MqttClient) {
    this.#client = client
    client.on('message', (topic, payload, packet) => {
      const text = payload.toString()
      this.seen.push({ topic, payload: text, retained: packet.retain })
      if (text === '') this.newest.delete(topic)
      else this.newest.set(topic, text)
    })
  }

  static async open(port: number, options: IClientOptions = {}): Promise<BrokerView> {
    const client = await connectAsync({
      host: '127.0.0.1',
      port,
      reconnectPeriod: 50,
      ...options,
    })
    const view = new BrokerView(client)
    await client.subscribeAsync('#', { qos: 1 })
    return view
  }

  /** The payloads that came on a topic, in order. */
  on(topic: string): readonly string[] {
    return this.seen.filter((each) => each.topic === topic).map((each) => each.payload)
  }

  async say(topic: string, payload: string | Buffer, retain = false): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos: 1, retain })
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true)
  }
}
