/** Our own nft table, as one transaction each time. It must never touch another table. */

import type { Log } from '../model/log.ts'
import { nftTable } from '../model/marks.ts'
import type { ToolAnswer } from './run-tool.ts'
import { runTool } from './run-tool.ts'

/** A single argument may have 128 KiB on Linux (MAX_ARG_STRLEN). */
const argumentLimitBytes = 100_000
/** A commit waits for the kernel's grace period and for other tools' transactions. */
const commitTimeoutMs = 10_000

export class NftTable {
  readonly #command: string
  readonly #log: Log

  constructor(options: { readonly command: string; readonly log: Log }) {
    this.#command = options.command
    this.#log = options.log
  }

  /** The table as stateless text; null where it isn't there or can't be read. */
  async list(): Promise<string | null> {
    const answer = await runTool(this.#command, ['-s', 'list', 'table', 'inet', nftTable])
    if (answer.kind === 'done') return answer.output
    if (!isAbsence(answer)) this.#log.debug(`Listing nft table ${nftTable}: ${answer.error}`)
    return null
  }

  /** null, or why it failed; then the table is as it was. */
  async replace(script: string): Promise<string | null> {
    return errorOf(await this.#commit(script))
  }

  async remove(): Promise<string | null> {
    const answer = await this.#commit(`delete table inet ${nftTable}`)
    return answer.kind === 'missing' || isAbsence(answer) ? null : errorOf(answer)
  }

  #commit(script: string): Promise<ToolAnswer> {
    const options = { timeoutMs: commitTimeoutMs }
    if (Buffer.byteLength(script) <= argumentLimitBytes) {
      return runTool(this.#command, [script], options)
    }
    // Node's stdin is a socket, which nft can't open by name: cat makes a pipe of it.
    const args = ['-c', 'cat | "$0" -f -', this.#command]
    return runTool('sh', args, { ...options, input: script })
  }
}

function isAbsence(answer: ToolAnswer): boolean {
  return answer.kind === 'failed' && answer.error.includes('No such file or directory')
}

function errorOf(answer: ToolAnswer): string | null {
  return answer.kind === 'done' ? null : answer.error
}
