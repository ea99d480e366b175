/**
 * The program behind FreshConnections: begins a TCP connection every few milliseconds, each from a
 * port of its own, whatever became of those before. It reports, a line each, `begun NUMBER MS`,
 * then `done NUMBER MS ADDRESS` (when the connection stood, and as whom the server saw it) or
 * `failed NUMBER MS CODE`. Its one argument is FreshConnectionOptions as JSON; it ends with its
 * standard input.
 */
import { connect } from 'node:net'
import { monotonicMs } from '../measure/monotonic.ts'
import { agentOptions, begin, report } from './agent-program.ts'

export interface FreshConnectionOptions {
  readonly target: string
  /** Of a server that says as whom it sees the client, and closes. */
  readonly port: number
  readonly everyMs: number
}

/** The kernel repeats a lost question after 1 s and 3 s: two more chances. */
const patienceMs = 5_000
const firstPort = 10_000
const portCount = 20_000
const options = agentOptions<FreshConnectionOptions>()
const startedMs = monotonicMs()
let number = 0
let slot = 0

begin()
setTimeout(beginNext, 0)

function beginNext(): void {
  number += 1
  connectOnce(number)
  // Slots that a busy machine missed are left out: a burst of them would not be a stream.
  slot = Math.max(slot + 1, Math.ceil((monotonicMs() - startedMs) / options.everyMs))
  setTimeout(beginNext, Math.max(0, startedMs + slot * options.everyMs - monotonicMs()))
}

function connectOnce(own: number): void {
  const { target, port } = options
  const localPort = ownPort(own)
  report('begun', own, monotonicMs())
  const socket = connect({ host: target, port, localPort, noDelay: true })
  const impatience = setTimeout(() => socket.destroy(new Error('late')), patienceMs)
  let stoodMs = 0
  let isTold = false
  socket.on('connect', () => {
    stoodMs = monotonicMs()
  })
  socket.on('data', (bytes) => {
    clearTimeout(impatience)
    isTold = true
    report('done', own, stoodMs, bytes.toString('latin1').trim())
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    clearTimeout(impatience)
    if (!isTold) report('failed', own, monotonicMs(), error.code ?? error.message)
  })
}

/** Counted from a start by the clock: who tracks connections remembers those of the last agent. */
function ownPort(own: number): number {
  return firstPort + ((Math.floor(startedMs / options.everyMs) + own) % portCount)
}
