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

const timeoutMs = 5_000
