/**
 * The program behind TestHouse: asks the hello by each line once a second, from the port that nft
 * makes WireGuard's, and hands the answers back inside the tunnel. It reports `answered LINE ADDRESS
 * PORT`. Its one argument is HelloAgentOptions as JSON.
 */
import { createSocket } from 'node:dgram'
import { helloKeyOf } from '../../../src/kernel/tunnels/hello-key.ts'
import { helloInsidePort, readHelloAnswer } from '../../../src/model/tunnel/hello.ts'
import { agentOptions, begin, report } from '../../lab/agents/agent-program.ts'
import { provenQuestion } from '../hello/asking-house.ts'

export interface HelloAgentOptions {
  readonly server: { readonly address: string; readonly port: number }
  readonly inside: string
  readonly insideSource: string
  readonly privateKey: string
  readonly peerKey: string
  readonly lines: readonly { readonly source: string; readonly port: number }[]
}

const everyMs = 1_000
const options = agentOptions<HelloAgentOptions>()
const hello = helloKeyOf(options.privateKey, options.peerKey)
let lastMs = 0

begin()
const inside = createSocket('udp4')
inside.bind({ address: options.insideSource })
for (const [index, { source, port }] of options.lines.entries()) {
  const socket = createSocket(source.includes(':') ? 'udp6' : 'udp4')
  socket.on('message', (answer) => {
    const read = readHelloAnswer(answer)
    if (read === null) return
    inside.send(answer, helloInsidePort, options.inside)
    report('answered', index + 1, read.address, read.port)
  })
  socket.on('error', (error) => report('error', error.message))
  socket.bind({ address: source, port }, () => {
    setInterval(() => {
      // Each question another time, and never one before the last.
      lastMs = Math.max(lastMs + 1, Date.now())
      const { server } = options
      socket.send(provenQuestion(hello, lastMs), server.port, server.address, () => undefined)
    }, everyMs)
  })
}
