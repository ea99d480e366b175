/**
 * Forgets tracked queries for names. A flow is translated as its first packet was, for as long as
 * it goes on: who always asks from one port would never notice that another resolver answers now.
 * A TCP connection ends with that: whom it reaches then has never heard of it.
 */
import { type Family, families, familyOf } from '../../model/address.ts'
import { runTool } from '../tools/run-tool.ts'
import { deleteTracked } from './delete-tracked.ts'
import type { FlowTools } from './tcp-flows.ts'

export async function forgetQueries(
  resolvers: readonly string[] | null,
  tools: FlowTools,
): Promise<void> {
  const whose =
    resolvers?.map((resolver) => ['-f', familyOf(resolver), '-d', resolver]) ??
    (await translatedFamilies(tools)).map((family) => ['-f', family, '--dst-nat'])
  const filters = whose.flatMap((words) =>
    ['udp', 'tcp'].map((protocol) => [...words, '-p', protocol, '--dport', '53']),
  )
  return deleteTracked(filters, { ...tools, what: 'Forgetting queries' })
}

/** Those with a query that was led elsewhere: mostly none, and each question takes its time. */
async function translatedFamilies({ tools, log }: FlowTools): Promise<readonly Family[]> {
  const found = families.map(async (family) => {
    const answer = await runTool(tools.conntrack, ['-L', '-f', family, '--dst-nat'])
    if (answer.kind === 'done') return /\bdport=53\b/.test(answer.output) ? [family] : []
    log.debug(`Listing tracked queries: ${answer.error}`)
    return []
  })
  return (await Promise.all(found)).flat()
}
