/** The pipe by which keepalived says its state; it makes the pipe, some time after it has started. */
import { constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import type { PairRole } from '../model/pair.ts'

export class NotifyPipe {
  readonly #path: string
  readonly #onRole: (role: PairRole) => void
  #timer: NodeJS.Timeout | null = null
  #socket: Socket | null = null
  #rest = ''

  constructor(path: string, onRole: (role: PairRole) => void) {
    this.#path = path
    this.#onRole = onRole
    this.#open()
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#socket?.destroy()
  }

  #open(): void {
    const fd = openedPipe(this.#path)
    if (fd === null) {
      this.#timer = setTimeout(() => this.#open(), lookEveryMs)
      return
    }
    // What was said before we came is still in the pipe, for keepalived reads it as little as others.
    const socket = new Socket({ fd, readable: true, writable: false })
    this.#socket = socket
    socket.setEncoding('utf8').on('data', (text: string) => this.#take(text))
    // A pipe that fails tells nothing more; keepalived's end is seen by its exit.
    socket.on('error', () => socket.destroy())
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = (lines.pop() ?? '').slice(-longestLine)
    for (const line of lines) {
      const role = roleOf(line)
      if (role !== null) this.#onRole(role)
    }
  }
}

/** `INSTANCE "house" MASTER 205`; null: a line of another kind, as at its end. */
export function roleOf(line: string): PairRole | null {
  switch (/^INSTANCE "house" (MASTER|BACKUP|FAULT) \d+$/.exec(line.trim())?.[1]) {
    case 'MASTER':
      return 'serving'
    case 'BACKUP':
      return 'standby'
    case 'FAULT':
      return 'cut'
    default:
      return null
  }
}

function openedPipe(path: string): number | null {
  try {
    // For writing too, so that it doesn't end when keepalived lets go of it for a moment.
    return openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  } catch {
    // It isn't there yet.
    return null
  }
}

const lookEveryMs = 20
const longestLine = 200
