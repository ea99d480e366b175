/**
 * The program that runs in the lab's Internet: DNS, HTTP, and echoes on every target. Its one
 * argument is InternetServerOptions as JSON; it says `ready` once everything listens.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { agentOptions, reportReady } from '../agents/agent-program.ts'
import { answerDns, type DnsAnswers } from './dns-answer.ts'

export interface InternetServerOptions {
  readonly targets: readonly string[]
  readonly targets6: readonly string[]
  readonly ports: {
    readonly dns: number
    readonly http: number
    readonly portal: number
    readonly https: number
    readonly tcpEcho: number
    readonly tcpTicks: number
    readonly tcpWho: number
  }
  /** Local port of the UDP echo for what came through WAN 1 and WAN 2. */
  readonly udpEchoOfWan: readonly [number, number]
  readonly answers: DnsAnswers
}

const tickMs = 100
/** An `import` reads each thing that `node:http` exports, and one of them loads all of `fetch`. */
const { createServer: createHttpServer } = process.getBuiltinModule('node:http')
const options = agentOptions<InternetServerOptions>()
const { ports, answers } = options

await Promise.all([
  // A socket on the wildcard address would answer from the link's address, not the target's.
  ...[...options.targets, ...options.targets6].flatMap((address) => [
    listenUdp(address, ports.dns, (question, asker) => answerDns(question, asker, answers)),
    ...options.udpEchoOfWan.map((port, index) =>
      listenUdp(address, port, (question, asker, askerPort) =>
        Buffer.concat([Buffer.from(`${index + 1} ${asker} ${askerPort} `), question]),
      ),
    ),
  ]),
  listenTcp(createServer(serveDns), ports.dns),
  listenTcp(createHttpServer(serveHttp), ports.http),
  listenTcp(createHttpServer(servePortal), ports.portal),
  listenTcp(createServer(tolerate), ports.https),
  listenTcp(
    createServer((socket) => tolerate(socket).pipe(socket)),
    ports.tcpEcho,
  ),
  listenTcp(createServer(serveTicks), ports.tcpTicks),
  listenTcp(createServer(serveWho), ports.tcpWho),
])
reportReady()

type Answer = (question: Buffer, asker: string, askerPort: number) => Buffer | null

async function listenUdp(address: string, port: number, answer: Answer): Promise<void> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.on('message', (question, asker) => {
    const bytes = answer(question, asker.address, asker.port)
    // An answer that can't be sent is lost, as on any network; the asker's silence tells.
    if (bytes !== null) socket.send(bytes, asker.port, asker.address, () => undefined)
  })
  socket.bind(port, address)
  await once(socket, 'listening')
}

async function listenTcp(server: Server, port: number): Promise<void> {
  server.listen(port, options.targets6.length > 0 ? '::' : '0.0.0.0')
  await once(server, 'listening')
}

function serveDns(socket: Socket): void {
  let received = Buffer.alloc(0)
  tolerate(socket).on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0)
      const answer = answerDns(received.subarray(2, end), addressOf(socket), answers)
      received = received.subarray(end)
      if (answer === null) {
        socket.destroy()
        return
      }
      const length = Buffer.alloc(2)
      length.writeUInt16BE(answer.length)
      socket.write(Buffer.concat([length, answer]))
    }
  })
}

function serveHttp(
  request: { url?: string | undefined; socket: Socket },
  response: { writeHead(status: number): { end(body?: string): void } },
): void {
  if (request.url === '/generate_204') response.writeHead(204).end()
  else response.writeHead(200).end(`${addressOf(request.socket)}\n`)
}

function servePortal(_request: IncomingMessage, response: ServerResponse<IncomingMessage>): void {
  response.writeHead(302, { location: 'http://login.hotel.example/' }).end()
}

/** For clients that only receive: they can't notice by themselves that their way has died. */
function serveTicks(socket: Socket): void {
  let count = 0
  const tick = () => socket.write(`${++count}\n`)
  // As servers do that speak first: whoever has connected has data at once.
  tick()
  const timer = setInterval(tick, tickMs)
  tolerate(socket).on('close', () => clearInterval(timer))
}

/** Says who has connected, as seen from here, and closes. */
function serveWho(socket: Socket): void {
  tolerate(socket).end(`${addressOf(socket)}\n`)
}

/** Connections die in a lab for faults; that is no error of the server's. */
function tolerate(socket: Socket): Socket {
  return socket.on('error', () => undefined)
}

function addressOf(socket: Socket): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
}
