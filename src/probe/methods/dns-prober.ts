/**
 * Asks each target for the A record of `dns_name`. An address or "no such name" is an answer.
 * SERVFAIL, REFUSED and the like are refusals: routers and hotspots that take port 53 for
 * themselves say so for the target while their own line is dead, and a name that can't be
 * resolved is what users mean by "DNS is dead".
 */
import type { DnsAsker } from './dns-asker.ts'
import type { MethodProber } from './method-prober.ts'

export function dnsProber(asker: DnsAsker, name: string): MethodProber {
  const question = { name, type: 'A', class: 'IN' } as const
  return {
    ask: async ({ wan, family, target }) => {
      const answer = await asker.ask({ wan, family, server: target, question })
      if (answer?.kind !== 'response') return answer
      const { response, rttMs } = answer
      if (response.code === 'NOERROR' || response.code === 'NXDOMAIN') {
        return { kind: 'answered', rttMs }
      }
      return { kind: 'refused', reason: `${target} answers ${response.code} for ${name}` }
    },
  }
}
