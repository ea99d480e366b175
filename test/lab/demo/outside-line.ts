/**
 * What the demo's inner process hears from its outer one: signals and the terminal's size. It
 * lives in a session of its own, so that Ctrl-C doesn't end the lab's machines under the daemon,
 * and so hears neither by itself. A socket with a path reaches into the network namespace.
 */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Size } from './screen/screen.ts'

export type Heard = { readonly signal: NodeJS.Signals } | { readonly size: Size }

export const socketVariable = 'WAN_FAILOVER_DEMO_SOCKET'

/** The outer end. What is said before the inner one is there waits for it. */
export class Speaker {
  readonly #server: Server
  #listener: Socket | null = null
  #waiting = ''

  private constructor(server: Server) {
    this.#server = server
    server.once('connection', (socket) => {
      this.#listener = socket
      // An inner process that has ended hears nothing any more, and its exit is noticed.
      socket.on('error', () => undefined)
      socket.write(this.#waiting)
      this.#waiting = ''
    })
  }

  static async open(path: string): Promise<Speaker> {
    const server = createServer().listen(path)
    await once(server, 'listening')
    return new Speaker(server)
  }

  say(what: Heard): void {
    const line = `${JSON.stringify(what)}\n`
    if (this.#listener === null) this.#waiting += line
    else this.#listener.write(line)
  }

  close(): void {
    this.#listener?.destroy()
    this.#server.close()
  }
}

/** The inner end; the outer process's death is heard as a hang-up. */
export async function listenOutside(path: string, hear: (what: Heard) => void): Promise<void> {
  const socket = connect(path)
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  socket.on('close', () => hear({ signal: 'SIGHUP' }))
  createInterface({ input: socket }).on('line', (line) => hear(JSON.parse(line) as Heard))
}
