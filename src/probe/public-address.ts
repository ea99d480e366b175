/**
 * Which public address a WAN has, as Cloudflare's resolvers see it: the TXT record of
 * `whoami.cloudflare` in the class CHAOS. It ignores what other targets answer.
 */
import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Family } from '../model/address.ts'
import type { DnsAsker } from './methods/dns-asker.ts'

export interface PublicAddressQuestion {
  readonly wan: number
  readonly family: Family
  readonly servers: readonly string[]
}

/** Asks all servers at once and takes the first address; null after three seconds without. */
export function askPublicAddress(
  asker: DnsAsker,
  { wan, family, servers }: PublicAddressQuestion,
): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  const timer = setTimeout(resolve, timeoutMs, null)
  const all = servers.map(async (server) => {
    const answer = await asker.ask({ wan, family, server, question: whoAmI })
    const text = answer?.kind === 'response' ? (answer.response.records[0] ?? '') : ''
    const address = canonicalPublic(family, text)
    if (address !== null) resolve(address)
  })
  void Promise.all(all).then(() => resolve(null))
  return promise.finally(() => clearTimeout(timer))
}

export const whoAmI = { name: 'whoami.cloudflare', type: 'TXT', class: 'CHAOS' } as const

/** null where it is no address of the family, or one that nobody has on the Internet. */
export function canonicalPublic(family: Family, text: string): string | null {
  if (!(family === 'ipv4' ? isIPv4(text) : isIPv6(text))) return null
  const address = ipaddr.parse(text)
  const range = address.range()
  if (range === 'loopback' || range === 'unspecified' || range === 'linkLocal') return null
  return address.toString()
}

const timeoutMs = 3000
