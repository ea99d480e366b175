/**
 * The program behind ManyFlows: keeps many TCP connections and UDP flows at once, each sending a
 * little all the time. It reports, a line each, what changes and the silences: `tcp NUMBER MS CODE`
 * (a connection ended, and is begun again), `udp NUMBER MS WAN` (answers come by another WAN than
 * before, at first by any) and `silence MS MS` (from, to: nobody had an answer). Its one argument is
 * ManyFlowsOptions as JSON; it ends with its standard input.
 */
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { monotonicMs } from '../measure/monotonic.ts'
import { agentOptions, begin, report } from './agent-program.ts'

export interface ManyFlowsOptions {
  readonly target: string
  readonly tcp: { readonly port: number; readonly count: number; readonly everyMs: number }
  readonly udp: { readonly port: number; readonly count: number; readonly everyMs: number }
  /** Shorter ones are not told. */
  readonly shortestSilenceMs: number
}

const retryMs = 200
const { target, tcp, udp, shortestSilenceMs } = agentOptions<ManyFlowsOptions>()
let lastAnswerMs = monotonicMs()

begin()
// Evenly spread over their period, so that no moment passes without a packet.
for (let i = 0; i < tcp.count; i += 1) setTimeout(keepConnection, (i * tcp.everyMs) / tcp.count, i)
for (let i = 0; i < udp.count; i += 1) setTimeout(keepFlow, (i * udp.everyMs) / udp.count, i)

function keepConnection(number: number): void {
  const socket = connect({ host: target, port: tcp.port, noDelay: true })
  const timer = setInterval(() => socket.write('.'), tcp.everyMs)
  let code = 'closed'
  socket.on('data', noteAnswer)
  socket.on('error', (error: NodeJS.ErrnoException) => {
    code = error.code ?? error.message
  })
  socket.on('close', () => {
    clearInterval(timer)
    report('tcp', number, monotonicMs(), code)
    setTimeout(keepConnection, retryMs, number)
  })
}

function keepFlow(number: number): void {
  const socket = createSocket('udp4')
  let way = ''
  socket.on('error', () => undefined)
  socket.on('message', (bytes) => {
    noteAnswer()
    const [wan = ''] = bytes.toString('latin1', 0, 2).split(' ')
    if (wan === way) return
    way = wan
    report('udp', number, monotonicMs(), wan)
  })
  // No route is the same as no answer to whoever measures.
  setInterval(() => socket.send('flow', udp.port, target, () => undefined), udp.everyMs)
}

function noteAnswer(): void {
  const nowMs = monotonicMs()
  if (nowMs - lastAnswerMs >= shortestSilenceMs) report('silence', lastAnswerMs, nowMs)
  lastAnswerMs = nowMs
}
