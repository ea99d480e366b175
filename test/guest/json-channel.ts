/** Questions and answers as lines of JSON over a socket: QEMU's monitor and the guest's agent. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

type Message = Readonly<Record<string, unknown>>

export class JsonChannel {
  readonly #socket: Socket
  readonly #lines: AsyncIterator<string>
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(socket: Socket) {
    this.#socket = socket
    // Whoever waits for an answer hears of the end by the lines' end.
    socket.on('error', () => undefined)
    const lines = createInterface({ input: socket })
    this.#lines = lines[Symbol.asyncIterator]()
    socket.on('close', () => lines.close())
  }

  static async connect(path: string): Promise<JsonChannel> {
    const socket = connect(path)
    await once(socket, 'connect')
    return new JsonChannel(socket)
  }

  /** What `return` holds. One question after the other; without an answer in time the channel ends. */
  ask(execute: string, args: Message, withinMs: number): Promise<unknown> {
    const answer = this.#turn.then(() => this.#ask(execute, args, withinMs))
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  close(): void {
    this.#socket.destroy()
  }

  async #ask(execute: string, args: Message, withinMs: number): Promise<unknown> {
    const tooLate = setTimeout(() => this.#socket.destroy(), withinMs)
    try {
      this.#socket.write(`${JSON.stringify({ execute, arguments: args })}\n`)
      for (;;) {
        const line = await this.#lines.next()
        if (line.done) throw new Error(`${execute}: no answer, the channel has ended`)
        const { return: result, error } = read(line.value)
        if (error !== undefined) throw new Error(`${execute}: ${JSON.stringify(error)}`)
        // Else it is QEMU's greeting or one of its events.
        if (result !== undefined) return result
      }
    } finally {
      clearTimeout(tooLate)
    }
  }
}

/** A guest that is cut off in the midst of a line leaves half of it. */
function read(line: string): Message {
  try {
    return JSON.parse(line) as Message
  } catch {
    return {}
  }
}
