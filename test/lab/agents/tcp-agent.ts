/**
 * The program behind TcpClient: keeps one TCP connection to a target, sending small lines or only
 * receiving them, and connects again at once when it breaks. It reports, a line each, `connected
 * MS PORT`, `data MS PORT`, `broken MS CODE`. Its one argument is TcpAgentOptions as JSON; it ends
 * with its standard input. It never gives a connection up by itself: that is what is measured.
 */
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { monotonicMs } from '../measure/monotonic.ts'
import { agentOptions, begin, report } from './agent-program.ts'

export interface TcpAgentOptions {
  readonly target: string
  readonly port: number
  /** null: only receives, after one byte to begin with. */
  readonly sendEveryMs: number | null
}

const connectTimeoutMs = 1_000
const retryMs = 20
const options = agentOptions<TcpAgentOptions>()

begin()
for (;;) {
  await useOneConnection()
  await pause(retryMs)
}

function useOneConnection(): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: options.target, port: options.port, noDelay: true })
    const impatience = setTimeout(() => socket.destroy(), connectTimeoutMs)
    let timer: NodeJS.Timeout | undefined
    let code = 'closed'
    socket.on('connect', () => {
      clearTimeout(impatience)
      report('connected', monotonicMs(), socket.localPort)
      const { sendEveryMs } = options
      if (sendEveryMs !== null) timer = setInterval(() => socket.write('.'), sendEveryMs)
    })
    socket.on('data', () => report('data', monotonicMs(), socket.localPort))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      code = error.code ?? error.message
    })
    socket.on('close', () => {
      clearTimeout(impatience)
      clearInterval(timer)
      report('broken', monotonicMs(), code)
      resolve()
    })
  })
}
