/**
 * Fetches `http_url` through the WAN, by the name that the target knows: the target is the DNS
 * server. What a captive portal sends is a refusal.
 */
import type { MethodProber } from './method-prober.ts'
import type { WebFetcher } from './web-fetcher.ts'

export function httpProber(fetcher: WebFetcher): MethodProber {
  return {
    ask: async (request) => {
      const resolved = await fetcher.resolve(request, request.target)
      if (resolved === null || resolved.kind === 'unsent') return resolved
      if (resolved.kind === 'unknown') return { kind: 'refused', reason: resolved.reason }
      const fetched = await fetcher.fetch(request, resolved.address)
      if (fetched === null || fetched.kind === 'answered' || fetched.kind === 'unsent') {
        return fetched
      }
      return { kind: 'refused', reason: fetched.reason }
    },
  }
}
