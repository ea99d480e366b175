import type { Log } from '../../model/log.ts'
import { runTool } from '../tools/run-tool.ts'
import type { FlowTools } from './tcp-flows.ts'

/** Deletes tracked connections; each filter is words for conntrack, and `what` begins the log line. */
export async function deleteTracked(
  filters: readonly (readonly string[])[],
  { tools, log, what }: FlowTools & { readonly what: string },
): Promise<void> {
  await Promise.all(
    filters.map(async (filter) => {
      const answer = await runTool(tools.conntrack, ['-D', ...filter], { timeoutMs })
      // It fails where there was nothing to delete.
      if (answer.kind === 'failed' && !answer.error.includes('0 flow entries')) {
        log.debug(`${what}: ${answer.error}`)
      }
    }),
  )
}

/**
 * The same by one process, in conntrack's own batch, which reads its input as a file; returns how
 * many connections went.
 */
export async function deleteInBatch(
  filters: readonly (readonly string[])[],
  { conntrack, log, what }: BatchTools,
): Promise<number> {
  if (filters.length === 0) return 0
  const input = filters.map((filter) => `-D ${filter.join(' ')}\n`).join('')
  const args = ['-c', 'cat | "$0" -R -', conntrack]
  const deletion = await runTool('sh', args, { timeoutMs: batchTimeoutMs, input })
  if (deletion.kind !== 'done') {
    log.debug(`${what}: ${deletion.error}`)
    return 0
  }
  // It prints one line for each flow that it deleted.
  return deletion.output.split('\n').filter((line) => line.includes('src=')).length
}

interface BatchTools {
  readonly conntrack: string
  readonly log: Log
  readonly what: string
}

const timeoutMs = 5_000
const batchTimeoutMs = 10_000
