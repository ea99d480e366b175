/**
 * The program behind NameStream: asks a resolver for a name every few milliseconds, whatever became
 * of the last question. It reports, a line each, `asked NUMBER MS` and `answer NUMBER MS ADDRESS`.
 * Its one argument is NameAgentOptions as JSON; it ends with its standard input.
 */
import { createSocket, type Socket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import { monotonicMs } from '../measure/monotonic.ts'
import { agentOptions, begin, reportSoon } from './agent-program.ts'

export interface NameAgentOptions {
  readonly resolver: string
  readonly everyMs: number
  readonly protocol: 'udp' | 'tcp'
  /** The source port of every question; null: each has one of its own. */
  readonly port: number | null
}

const patienceMs = 2_000
const dnsPort = 53
const options = agentOptions<NameAgentOptions>()
const shared = options.port === null ? null : await openSocket(options.port)
let number = 0

begin()
setInterval(() => {
  number = (number + 1) % 0x10000
  void (options.protocol === 'udp' ? askByUdp(number) : askByTcp(number))
}, options.everyMs)

async function askByUdp(own: number): Promise<void> {
  const socket = shared ?? (await openSocket(0))
  reportSoon('asked', own, monotonicMs())
  socket.send(question(own), dnsPort, options.resolver, () => undefined)
  if (shared === null) setTimeout(() => socket.close(), patienceMs)
}

async function askByTcp(own: number): Promise<void> {
  reportSoon('asked', own, monotonicMs())
  const socket = connect({ host: options.resolver, port: dnsPort })
  const impatience = setTimeout(() => socket.destroy(), patienceMs)
  socket.on('error', () => undefined)
  socket.on('close', () => clearTimeout(impatience))
  socket.on('connect', () => {
    const asked = question(own)
    const length = Buffer.alloc(2)
    length.writeUInt16BE(asked.length)
    socket.write(Buffer.concat([length, asked]))
  })
  socket.on('data', (bytes: Buffer) => {
    note(bytes.subarray(2))
    socket.end()
  })
}

function openSocket(port: number): Promise<Socket> {
  const socket = createSocket(isIPv6(options.resolver) ? 'udp6' : 'udp4')
  socket.on('error', () => undefined)
  // What comes from anybody else is no answer, as for every program that asks.
  socket.on('message', (bytes, { address }) => {
    if (address === options.resolver) note(bytes)
  })
  return new Promise((resolve) => socket.bind(port, () => resolve(socket)))
}

/** `lab.example`, type A, class Internet. */
function question(id: number): Buffer {
  const header = Buffer.from([id >> 8, id & 0xff, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  return Buffer.concat([header, Buffer.from('\x03lab\x07example\0\0\x01\0\x01', 'latin1')])
}

/** The answer's address is its last four bytes. */
function note(answer: Buffer): void {
  if (answer.length < 16) return
  reportSoon('answer', answer.readUInt16BE(0), monotonicMs(), [...answer.subarray(-4)].join('.'))
}
