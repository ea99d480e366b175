/**
 * The program behind ShortConnections: begins a TCP connection every few milliseconds, whatever
 * became of the last one, sends a byte, waits for its echo and closes. It reports, a line each,
 * `begun NUMBER MS`, `done NUMBER MS` or `failed NUMBER MS CODE`. Its one argument is
 * ShortConnectionOptions as JSON; it ends with its standard input.
 */
import { connect } from 'node:net'
import { monotonicMs } from '../measure/monotonic.ts'
import { agentOptions, begin, report } from './agent-program.ts'

export interface ShortConnectionOptions {
  readonly target: string
  readonly port: number
  readonly everyMs: number
}

/** Two of the kernel's repetitions of a lost question, which come after 1 s and 3 s. */
const patienceMs = 4_000
const options = agentOptions<ShortConnectionOptions>()
let number = 0

begin()
setInterval(beginOne, options.everyMs)

function beginOne(): void {
  number += 1
  const own = number
  const socket = connect({ host: options.target, port: options.port, noDelay: true })
  const impatience = setTimeout(() => socket.destroy(new Error('late')), patienceMs)
  report('begun', own, monotonicMs())
  socket.on('connect', () => socket.write('.'))
  socket.on('data', () => {
    report('done', own, monotonicMs())
    socket.end()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    report('failed', own, monotonicMs(), error.code ?? error.message)
  })
  socket.on('close', () => clearTimeout(impatience))
}
