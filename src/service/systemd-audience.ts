/**
 * Reports to the systemd that started us, as sd_notify(3) describes it: ready, alive, stopping.
 * It is an audience like any other, so each sign of life proves that the loop finished a turn; a
 * timer of its own would go on while the loop hangs. It must never keep the daemon waiting.
 */
import type { Audience } from '../model/audience.ts'
import type { Log } from '../model/log.ts'
import type { Snapshot } from '../model/published/snapshot.ts'

/** From the C library: Node can't send datagrams between Unix sockets. */
export interface DatagramCalls {
  socket(family: number, type: number, protocol: number): number
  sendto(fd: number, data: Buffer, address: Buffer): number
  close(fd: number): number
  /** The error of the last failed call, as `EPERM`. */
  errorCode(): string
}

export interface SystemdParts {
  /** NOTIFY_SOCKET: a path, or a name of an abstract socket with `@` in front. */
  readonly socketPath: string
  readonly calls: DatagramCalls
  readonly log: Log
}

export class SystemdAudience implements Audience {
  readonly #parts: SystemdParts
  readonly #address: Buffer
  #reported = ''
  #failure: string | null = null
  #gone = false

  constructor(parts: SystemdParts) {
    this.#parts = parts
    this.#address = socketAddress(parts.socketPath)
  }

  /** The first one ends the first turn: the decision is in force, or `status` says why not. */
  publish(snapshot: Snapshot): void {
    const status = `STATUS=${statusLine(snapshot)}`
    const news = status === this.#reported ? [] : ['READY=1', status]
    if (this.#send(['WATCHDOG=1', ...news])) this.#reported = status
  }

  announce(): void {}

  async close(): Promise<void> {
    if (!this.#gone) this.#send(['STOPPING=1', 'STATUS=stopped'])
    this.#gone = true
  }

  /** A new socket for each message: systemd replaces its own when it is updated. */
  #send(lines: readonly string[]): boolean {
    const { calls, log } = this.#parts
    const fd = calls.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)
    const sent = fd >= 0 && calls.sendto(fd, Buffer.from(lines.join('\n')), this.#address) >= 0
    const failure = sent ? null : calls.errorCode()
    if (fd >= 0) calls.close(fd)
    if (failure !== null && failure !== this.#failure) {
      log.warn(
        `can't report to systemd (${failure}); without a sign of life it restarts the service`,
      )
    }
    this.#failure = failure
    return sent
  }
}

/** The line that `systemctl status` shows. */
function statusLine({ active, wans, problems, options }: Snapshot): string {
  const states = Object.entries(wans).map(([name, { state }]) => `${name} ${state}`)
  const observing = problems.find((problem) => problem.startsWith('observing only'))
  const [wrong, ...others] = options?.problems ?? []
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  const slip = wrong === undefined ? '' : `; wrong option: ${wrong}${more}`
  if (observing !== undefined || states.length === 0) {
    return `${observing ?? 'observing only'}${slip}`
  }
  return `${active ?? 'no WAN'} is in use (${states.join(', ')})${slip}`
}

/** unix(7): an abstract name begins with a zero byte, a path ends with one. */
function socketAddress(path: string): Buffer {
  const name = path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`
  const family = Buffer.alloc(2)
  family.writeUInt16LE(AF_UNIX)
  return Buffer.concat([family, Buffer.from(name)])
}

const AF_UNIX = 1
const SOCK_DGRAM = 2
const SOCK_NONBLOCK = 0o4000
const SOCK_CLOEXEC = 0o2000000
