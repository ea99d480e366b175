/**
 * Asks a resolver as this machine asks it: without a mark, by whatever way its own packets have.
 * Each question has a socket of its own, connected, from a port by which nft knows that it is ours:
 * where names are rescued, this question must not go to another server.
 */
import { randomBytes, randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { resolverAskPorts } from '../../model/marks.ts'
import type { NameOutcome } from '../../model/resolver.ts'
import { freePort } from '../free-port.ts'
import { type DnsResponse, decodeResponse, encodeQuestion } from '../messages/dns-message.ts'
import { errorCode, sendFailure } from '../sockets/send-failure.ts'

export interface ResolverAsk {
  readonly address: string
  readonly name: string
  readonly uncached: boolean
}

/** Null where nobody answers within five seconds, or `signal` ends it. */
export async function askResolver(
  { address, name, uncached }: ResolverAsk,
  signal: AbortSignal,
): Promise<NameOutcome | null> {
  const asked = uncached ? `${randomBytes(6).toString('hex')}.${name}` : name
  const busy = new Set<number>()
  for (;;) {
    const port = freePort(resolverAskPorts, (one) => busy.has(one))
    if (port === null) break
    const outcome = await askFrom(port, { address, name: asked }, signal)
    if (outcome !== 'taken') return outcome
    busy.add(port)
  }
  const { first, last } = resolverAskPorts
  const reason = `other programs hold all UDP ports from ${first} to ${last}`
  return { kind: 'refused', reason }
}

/** NOERROR and NXDOMAIN are answers: what is asked for needn't exist. */
export function outcomeOf({ code }: DnsResponse): NameOutcome {
  if (code === 'NOERROR' || code === 'NXDOMAIN') return { kind: 'answered' }
  return { kind: 'refused', reason: `it answers ${code}` }
}

type Asked = Pick<ResolverAsk, 'address' | 'name'>

function askFrom(
  port: number,
  { address, name }: Asked,
  signal: AbortSignal,
): Promise<NameOutcome | null | 'taken'> {
  const { promise, resolve } = Promise.withResolvers<NameOutcome | null | 'taken'>()
  const question = { name, type: 'A', class: 'IN' } as const
  const id = randomInt(0x10000)
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  const failed = (error: Error): void => {
    const code = errorCode(error)
    if (code === 'EADDRINUSE') resolve('taken')
    else resolve({ kind: 'refused', reason: failures[code] ?? sendFailure(code) })
  }
  const silent = (): void => resolve(null)
  const timer = setTimeout(silent, patienceMs)
  signal.addEventListener('abort', silent)
  socket.on('error', failed)
  socket.on('message', (message) => {
    const response = message.length < 2 ? null : decodeResponse(message, question)
    if (response?.id === id) resolve(outcomeOf(response))
  })
  socket.bind({ port, exclusive: true }, () => {
    socket.connect(dnsPort, address, (error?: Error) => {
      if (error) failed(error)
      else socket.send(encodeQuestion(id, question), (failure) => failure && failed(failure))
    })
  })
  if (signal.aborted) silent()
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', silent)
    socket.close()
  })
}

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'no DNS server runs there (ECONNREFUSED)',
}
const dnsPort = 53
const patienceMs = 5_000
