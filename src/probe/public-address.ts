/**
 * Which public address a WAN has, as Cloudflare's resolvers tell it: the TXT record of
 * `whoami.cloudflare` in the class CHAOS. Other targets answer nothing of use and are passed over.
 */
import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Family } from '../model/address.ts'
import type { DnsAsker } from './methods/dns-asker.ts'

export interface PublicAddressQuestion {
  readonly wan: number
  readonly family: Family
  readonly servers: readonly string[]
  /** Ends the waiting: the promise then resolves to null. */
  readonly signal: AbortSignal
}

/** Asks all servers at once and takes the first address; null after three seconds without. */
export function askPublicAddress(
  asker: DnsAsker,
  { wan, family, servers, signal }: PublicAddressQuestion,
): Promise<string | null> {
  return new Promise((resolve) => {
    let open = servers.length
    const giveUp = (): void => finish(null)
    const timer = setTimeout(giveUp, timeoutMs)
    signal.addEventListener('abort', giveUp)
    const finish = (address: string | null): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      resolve(address)
    }
    if (open === 0) finish(null)
    const question = { name: 'whoami.cloudflare', type: 'TXT', class: 'CHAOS' } as const
    for (const server of servers) {
      asker.ask({ wan, family, server, question }, (answer) => {
        open -= 1
        const text = answer.kind === 'response' ? (answer.response.records[0] ?? '') : ''
        const address = canonicalPublic(family, text)
        if (address !== null || open === 0) finish(address)
      })
    }
  })
}

/** An answer that is no address of the family, or can be nobody's on the Internet, is no answer. */
function canonicalPublic(family: Family, text: string): string | null {
  if (!(family === 'ipv4' ? isIPv4(text) : isIPv6(text))) return null
  const address = ipaddr.parse(text)
  const range = address.range()
  if (range === 'loopback' || range === 'unspecified' || range === 'linkLocal') return null
  return address.toString()
}

const timeoutMs = 3000
