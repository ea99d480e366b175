/**
 * The program behind the cases of speed; its one argument is BulkOptions as JSON. As a sink it
 * says `ready`, counts what each connection brings, and ends with its standard input; as a source
 * it sends for a while and says how many bytes a second the other side has taken.
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { agentOptions, begin, report } from '../../agents/agent-program.ts'
import { monotonicMs } from '../../measure/monotonic.ts'

export type BulkOptions =
  | { readonly kind: 'sink'; readonly port: number }
  | {
      readonly kind: 'source'
      readonly port: number
      readonly target: string
      readonly durationMs: number
      /** At once; default 1. */
      readonly connections?: number
    }

const options = agentOptions<BulkOptions>()
const chunk = Buffer.alloc(256 * 1024)

if (options.kind === 'sink') {
  createServer({ allowHalfOpen: true }, (socket) => {
    let bytes = 0
    socket.on('data', (data) => {
      bytes += data.length
    })
    socket.on('end', () => socket.end(String(bytes)))
    socket.on('error', () => socket.destroy())
  }).listen(options.port, '0.0.0.0', begin)
} else {
  const { durationMs, connections = 1, ...far } = options
  const speeds = Array.from({ length: connections }, () => send(far, durationMs))
  report((await Promise.all(speeds)).reduce((sum, speed) => sum + speed, 0))
}

/** Resolves with bytes a second. */
async function send(
  { target, port }: { readonly target: string; readonly port: number },
  durationMs: number,
): Promise<number> {
  const socket = connect({ port, host: target, allowHalfOpen: true })
  await once(socket, 'connect')
  const startedMs = monotonicMs()
  while (monotonicMs() - startedMs < durationMs) {
    if (!socket.write(chunk)) await once(socket, 'drain')
  }
  socket.end()
  // The sink's count comes when it has everything: what is in a buffer has not arrived.
  const [counted] = (await once(socket, 'data')) as [Buffer]
  const seconds = (monotonicMs() - startedMs) / 1_000
  socket.destroy()
  return Math.round(Number(String(counted)) / seconds)
}
