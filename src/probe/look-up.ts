/** What a name means, asked by one WAN of its DNS targets: the first who knows it counts. */
import { isIPv4, isIPv6 } from 'node:net'
import type { ByFamily } from '../model/address.ts'
import { families } from '../model/address.ts'
import type { DnsAsker } from './methods/dns-asker.ts'

export interface LookUp {
  readonly wan: number
  readonly name: string
  readonly servers: ByFamily<readonly string[]>
}

/** Its addresses, IPv4 first; empty where nobody says any within three seconds. */
export async function lookUp(asker: DnsAsker, question: LookUp): Promise<readonly string[]> {
  const [ipv4, ipv6] = await Promise.all([
    firstAnswer(asker, question, 'A'),
    firstAnswer(asker, question, 'AAAA'),
  ])
  return [...ipv4.filter((one) => isIPv4(one)), ...ipv6.filter((one) => isIPv6(one))]
}

function firstAnswer(
  asker: DnsAsker,
  { wan, name, servers }: LookUp,
  type: 'A' | 'AAAA',
): Promise<readonly string[]> {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>()
  const timer = setTimeout(resolve, timeoutMs, [])
  const all = families.flatMap((family) =>
    servers[family].slice(0, mostServers).map(async (server) => {
      const question = { name, type, class: 'IN' } as const
      const answer = await asker.ask({ wan, family, server, question })
      const records = answer?.kind === 'response' ? answer.response.records : []
      if (records.length > 0) resolve(records)
    }),
  )
  void Promise.all(all).then(() => resolve([]))
  return promise.finally(() => clearTimeout(timer))
}

const timeoutMs = 3000
const mostServers = 3
