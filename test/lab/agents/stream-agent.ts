/**
 * The program behind EchoStream: sends a numbered UDP packet every few milliseconds and reports,
 * a line each, `sent NUMBER MS` and `answer NUMBER MS WAN ADDRESS`, in CLOCK_MONOTONIC
 * milliseconds. Its one argument is StreamAgentOptions as JSON; it ends with its standard input.
 */
import { createSocket, type Socket } from 'node:dgram'
import { loadLibc } from '../../../src/probe/sockets/libc.ts'
import { monotonicMs } from '../measure/monotonic.ts'
import { agentOptions, begin, reportSoon } from './agent-program.ts'

export interface StreamAgentOptions {
  readonly target: string
  readonly port: number
  readonly everyMs: number
  /** Each packet from a source port of its own: a new flow for everybody on the way. */
  readonly newFlows: boolean
  /** Of the socket, as a VPN marks its own; 0 for none. */
  readonly mark: number
  readonly from?: string
  readonly connected: boolean
}

/** How long a new flow's socket waits for its answer. */
const patienceMs = 5000
const payloadBytes = 16
const firstPort = 10_000
const portCount = 20_000

const AF_INET = 2
const AF_INET6 = 10
const SOCK_DGRAM_NONBLOCK = 0o4002
const SOL_SOCKET = 1
const SO_MARK = 36

const options = agentOptions<StreamAgentOptions>()
const shared = options.newFlows ? null : await openSocket()
const startedMs = monotonicMs()
let number = 0
let slot = 0

begin()
setTimeout(sendNext, 0)

function sendNext(): void {
  const sentNumber = ++number
  void send(sentNumber)
  // Slots that a busy machine missed are left out: a burst of them would not be a stream.
  slot = Math.max(slot + 1, Math.ceil((monotonicMs() - startedMs) / options.everyMs))
  setTimeout(sendNext, Math.max(0, startedMs + slot * options.everyMs - monotonicMs()))
}

async function send(sentNumber: number): Promise<void> {
  const socket = shared ?? (await openSocket())
  const payload = Buffer.from(String(sentNumber).padEnd(payloadBytes))
  reportSoon('sent', sentNumber, monotonicMs())
  // No route is the same as no answer to whoever measures.
  if (options.connected) socket.send(payload, () => undefined)
  else socket.send(payload, options.port, options.target, () => undefined)
  if (shared === null) setTimeout(() => socket.close(), patienceMs)
}

function openSocket(): Promise<Socket> {
  const isIpv6 = options.target.includes(':')
  const socket = createSocket(isIpv6 ? 'udp6' : 'udp4')
  socket.on('message', (bytes) => {
    const atMs = monotonicMs()
    const [wan, address, , answered] = bytes.toString('latin1').split(' ')
    reportSoon('answer', answered, atMs, wan, address)
  })
  const port = options.newFlows ? nextFlowPort() : 0
  const address = options.from === undefined ? {} : { address: options.from }
  const place =
    options.mark === 0
      ? { port, ...address }
      : { fd: markedSocket(isIpv6, options.mark), exclusive: true }
  return new Promise((resolve, reject) => {
    // A port that another stream still has is the lab's own fault, and no loss.
    socket.once('error', reject)
    socket.bind(place, () => {
      socket.off('error', reject).on('error', () => undefined)
      if (!options.connected) resolve(socket)
      else socket.connect(options.port, options.target, () => resolve(socket))
    })
  })
}

/** Node's own have no mark. */
function markedSocket(isIpv6: boolean, mark: number): number {
  const loaded = loadLibc()
  if (loaded.kind === 'missing') throw new Error(loaded.reason)
  const { libc } = loaded
  const fd = libc.socket(isIpv6 ? AF_INET6 : AF_INET, SOCK_DGRAM_NONBLOCK, 0)
  const value = Buffer.alloc(4)
  value.writeUInt32LE(mark)
  if (fd < 0 || libc.setsockopt(fd, SOL_SOCKET, SO_MARK, value) !== 0) {
    throw new Error(`a socket with a mark: ${libc.errorCode()}`)
  }
  return fd
}

/**
 * Counted from a start by the clock, so that the next stream goes on where this one ended: who
 * tracks connections remembers a port for 30 s and more, and a random one would now and then be an
 * old flow.
 */
function nextFlowPort(): number {
  return firstPort + ((Math.floor(startedMs / options.everyMs) + number) % portCount)
}
