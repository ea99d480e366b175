/** An MQTT 3.1.1 broker in this process, on a loopback port; for the real one see Mosquitto. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { Aedes } from 'aedes'

export class EmbeddedBroker {
  readonly port: number
  readonly #aedes: Aedes
  readonly #server: Server

  private constructor(aedes: Aedes, server: Server) {
    this.#aedes = aedes
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  /** At a free port, unless one is given. */
  static async start(port = 0): Promise<EmbeddedBroker> {
    const aedes = await Aedes.createBroker()
    const server = createServer(aedes.handle)
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return new EmbeddedBroker(aedes, server)
  }

  /** Resolves when its clients are cut off and its port is free; what it retained is forgotten. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()))
    await closed
  }
}
