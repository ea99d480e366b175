/**
 * Forgets tracked queries for names. A flow is translated as its first packet was, for as long as
 * it goes on: who always asks from one port would never notice that another resolver answers now.
 * A TCP connection ends with that: whom it reaches then has never heard of it.
 */
import { families, familyOf } from '../../model/address.ts'
import { deleteTracked } from './delete-tracked.ts'
import type { FlowTools } from './tcp-flows.ts'

export function forgetQueries(
  resolvers: readonly string[] | null,
  tools: FlowTools,
): Promise<void> {
  const whose =
    resolvers?.map((resolver) => ['-f', familyOf(resolver), '-d', resolver]) ??
    families.map((family) => ['-f', family, '--dst-nat'])
  const filters = whose.flatMap((words) =>
    ['udp', 'tcp'].map((protocol) => [...words, '-p', protocol, '--dport', '53']),
  )
  return deleteTracked(filters, { ...tools, what: 'Forgetting queries' })
}
