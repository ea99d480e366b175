/** Makes what listens on the loopback of the lab's host reachable for the other machines. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** The address of the lab's host in the house. */
const host = '192.168.0.3'

export class Relay {
  readonly place: { readonly host: string; readonly port: number }
  readonly #server: Server
  readonly #sockets: Set<Socket>

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server
    this.#sockets = sockets
    this.place = { host, port: (server.address() as AddressInfo).port }
  }

  static async open(to: number): Promise<Relay> {
    const sockets = new Set<Socket>()
    const server = createServer((near) => {
      const far = connect(to, '127.0.0.1')
      for (const [one, other] of [[near, far] as const, [far, near] as const]) {
        sockets.add(one)
        one.on('error', () => other.destroy())
        one.on('close', () => {
          sockets.delete(one)
          other.destroy()
        })
        one.pipe(other)
      }
    })
    server.listen(0, host)
    await once(server, 'listening')
    return new Relay(server, sockets)
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}
