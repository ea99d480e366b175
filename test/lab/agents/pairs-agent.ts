/**
 * Sends one UDP question for each pair of a source address and a target, each from a port of its
 * own, and prints a line `SOURCE TARGET WAN` for each answer. Its one argument is PairsAgentOptions
 * as JSON; it ends by itself once all are answered, or after its patience.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { agentOptions, report } from './agent-program.ts'

export interface PairsAgentOptions {
  readonly sources: readonly string[]
  readonly targets: readonly string[]
  readonly port: number
}

const patienceMs = 3_000
/** A burst of a thousand packets would overflow somebody's queue. */
const atOnce = 20

const { sources, targets, port } = agentOptions<PairsAgentOptions>()
let waiting = sources.length * targets.length

for (const source of sources) {
  for (const [i, target] of targets.entries()) await ask(source, target, i)
}
await pause(patienceMs)
process.exit()

async function ask(source: string, target: string, i: number): Promise<void> {
  const socket = createSocket(source.includes(':') ? 'udp6' : 'udp4')
  socket.on('error', () => undefined)
  socket.on('message', (bytes) => {
    const [wan] = bytes.toString('latin1').split(' ')
    report(source, target, wan)
    socket.close()
    waiting -= 1
    if (waiting === 0) process.exit()
  })
  socket.bind(0, source)
  await once(socket, 'listening')
  socket.send('who', port, target, () => undefined)
  if (i % atOnce === 0) await pause(1)
}
