/**
 * Forgets tracked queries for names. A flow is translated as its first packet was, for as long as
 * it goes on: who always asks from one port would never notice that another resolver answers now.
 * A TCP connection ends with that: whom it reaches then has never heard of it.
 */
import { families } from '../../model/address.ts'
import { runTool } from '../tools/run-tool.ts'
import type { FlowTools } from './tcp-flows.ts'

export async function forgetQueries(
  resolvers: readonly string[] | null,
  { tools, log }: FlowTools,
): Promise<void> {
  const filters =
    resolvers?.map((resolver) => [
      '-f',
      resolver.includes(':') ? 'ipv6' : 'ipv4',
      '-d',
      resolver,
    ]) ?? families.map((family) => ['-f', family, '--dst-nat'])
  const kinds = filters.flatMap((filter) =>
    ['udp', 'tcp'].map((protocol) => [...filter, '-p', protocol, '--dport', '53']),
  )
  await Promise.all(
    kinds.map(async (kind) => {
      const answer = await runTool(tools.conntrack, ['-D', ...kind], { timeoutMs })
      // It fails where there was nothing to forget.
      if (answer.kind === 'failed' && !answer.error.includes('0 flow entries')) {
        log.debug(`Forgetting queries: ${answer.error}`)
      }
    }),
  )
}

const timeoutMs = 5_000
