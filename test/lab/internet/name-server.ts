/**
 * A resolver of a machine's own, a home router's for one: the same address for every name. Its one
 * argument is NameServerOptions as JSON; it says `ready` once it listens.
 */
import { createSocket } from 'node:dgram'
import { agentOptions, reportReady } from '../agents/agent-program.ts'
import { answerDns, type DnsAnswers } from './dns-answer.ts'

export interface NameServerOptions {
  readonly address: string
  readonly answers: DnsAnswers
}

const { address, answers } = agentOptions<NameServerOptions>()
const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
socket.on('message', (question, asker) => {
  const bytes = answerDns(question, asker.address, answers)
  if (bytes !== null) socket.send(bytes, asker.port, asker.address, () => undefined)
})
socket.bind(53, address, reportReady)
