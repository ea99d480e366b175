/**
 * Refuses new IPv6 connections that would leave by a WAN whose IPv6 is dead: who tries both families
 * goes on by IPv4 at once. TCP is refused by a reset, for the kernel sends each client only a few
 * ICMP errors a second. It must never touch a running flow, a probe or a neighbour.
 */
import type { Wanted } from '../../wanted.ts'
import type { Near } from '../near.ts'
import type { NftPart } from '../nft-part.ts'
import { allProbePorts, chain, leaving, neighbourDiscovery } from '../nft-words.ts'
import { probesPass } from './flow-chains.ts'

export function deadEndChains({ uplinks, deadEnds = [] }: Wanted, near: Near): NftPart {
  const refusals = uplinks
    .filter(({ name }) => deadEnds.includes(name))
    .flatMap(leaving)
    .filter(({ family }) => family === 'ipv6')
    .map(({ condition }) => `${condition} goto refused`)
  if (refusals.length === 0) return {}
  const when = 'meta nfproto ipv6 ct state new'
  const rules = [`${neighbourDiscovery} return`, ...near.pass, ...refusals]
  return {
    chains: [
      chain('refused', null, [
        'meta l4proto tcp reject with tcp reset',
        'reject with icmpv6 type no-route',
      ]),
    ],
    called: [
      { name: 'dead_ends_forwarded', when, rules },
      {
        name: 'dead_ends_own',
        when,
        rules: [...probesPass, `udp sport ${allProbePorts} return`, ...rules],
      },
    ],
  }
}
