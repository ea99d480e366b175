/**
 * The program behind a stranger who floods a server in other people's names: 198.18.0.0/15, which lead
 * to the lab's stranger. It reports `sent COUNT`, ten times a second. Its one argument is
 * StrangerOptions as JSON.
 */
import { bytesOf } from '../../../src/model/address-bytes.ts'
import { encodePacket, encodeUdp, protocols } from '../../../src/probe/messages/ip-packet.ts'
import { loadLibc } from '../../../src/probe/sockets/libc.ts'
import { openPacketSender, socketAddress } from '../../../src/probe/sockets/raw-socket.ts'
import { agentOptions, begin, report } from '../../lab/agents/agent-program.ts'

export interface StrangerOptions {
  readonly server: { readonly address: string; readonly port: number }
  readonly perSecond: number
  /** As hex. Each is sent as it is; with `??` for two digits that are guessed each time. */
  readonly payloads: readonly string[]
}

const everyMs = 10
const mostAtOnce = 400
const options = agentOptions<StrangerOptions>()
const load = loadLibc()
if (load.kind === 'missing') throw new Error(load.reason)
const { libc } = load
const opened = openPacketSender(libc, 'ipv4', 1)
if (opened.kind === 'failed') throw new Error(opened.reason)
const fd = opened.value
const to = socketAddress(options.server.address)
const destination = bytesOf(options.server.address)
const startedAt = performance.now()
const templates = options.payloads.map(templateOf)
let sent = 0
let rounds = 0

begin()
setInterval(() => {
  const due = ((performance.now() - startedAt) / 1000) * options.perSecond
  // On a busy machine it falls behind, and still reports.
  for (let round = 0; round < mostAtOnce && sent < due; round += 1) send()
  rounds += 1
  if (rounds % 10 === 0) report('sent', sent)
}, everyMs)

function send(): void {
  const template = templates[sent % templates.length]
  if (template === undefined) return
  const { payload, guessed } = template
  for (const at of guessed) payload[at] = guess(256)
  const source = Buffer.of(198, 18 + guess(2), guess(256), 1 + guess(254))
  const ports = { sourcePort: 1024 + guess(60_000), destinationPort: options.server.port }
  const udp = encodeUdp({ source, destination }, ports, payload)
  libc.sendto(fd, encodePacket({ source, destination, protocol: protocols.udp, ttl: 64 }, udp), to)
  sent += 1
}

function templateOf(hex: string) {
  const pairs = hex.match(/../g) ?? []
  const payload = Buffer.from(pairs.map((pair) => (pair === '??' ? 0 : Number(`0x${pair}`))))
  return { payload, guessed: pairs.flatMap((pair, at) => (pair === '??' ? [at] : [])) }
}

function guess(below: number): number {
  return Math.floor(Math.random() * below)
}
