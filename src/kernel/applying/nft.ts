/** Our own nft table, as one transaction each time. It must never touch another table. */

import * as v from 'valibot'
import type { HostState } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import { nftTable } from '../../model/marks.ts'
import type { ChangeOf } from '../../network/diff/change.ts'
import type { ToolAnswer } from '../tools/run-tool.ts'
import { runTool } from '../tools/run-tool.ts'

/** A single argument may have 128 KiB on Linux (MAX_ARG_STRLEN). */
const argumentLimitBytes = 100_000
/** A commit waits for the kernel's grace period and for other tools' transactions. */
const commitTimeoutMs = 10_000
/** A program spawned to list it would make a failover wait; a change without a sign is rare. */
const knownForMs = 59_000

/** What lacks it was cut off: chains that it doesn't show would stand for ever. */
const listingEnd = '}\n'

/** libnftables-json(5). */
const counterListing = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    nftables: v.array(
      v.looseObject({ counter: v.optional(v.object({ name: v.string(), bytes: v.number() })) }),
    ),
  }),
)

type NftListing = Pick<HostState, 'nft' | 'nftUnread'>

interface Known {
  readonly sinceMs: number
  readonly listing: Promise<NftListing>
}

type NftScripts = Pick<ChangeOf<'replace_nft'>, 'before' | 'script' | 'after' | 'refill'>

export class NftTable {
  readonly #command: string
  readonly #log: Log
  #known: Known | null = null
  /** How often somebody may have changed it. */
  #signs = 0

  constructor(options: { readonly command: string; readonly log: Log }) {
    this.#command = options.command
    this.#log = options.log
  }

  /**
   * The table as stateless text, without the elements of named sets and maps, as of the last
   * `forget`.
   */
  async list(): Promise<NftListing> {
    const nowMs = performance.now()
    if (this.#known === null || nowMs - this.#known.sinceMs > knownForMs) {
      this.#known = { sinceMs: nowMs, listing: this.#listAfter(this.#known) }
    }
    return await this.#known.listing
  }

  /** A bad answer changes nothing of what is known, as long as nobody says that it has changed. */
  async #listAfter(last: Known | null): Promise<NftListing> {
    const signs = this.#signs
    const listing = await this.#list()
    if (listing.nftUnread === undefined || this.#signs !== signs) return listing
    this.#known = last
    return last === null ? listing : await last.listing
  }

  /** Somebody may have changed it. */
  forget(): void {
    this.#known = null
    this.#signs += 1
  }

  async #list(): Promise<NftListing> {
    const answer = await runTool(this.#command, ['-s', '-t', 'list', 'table', 'inet', nftTable])
    if (answer.kind === 'done' && answer.output.endsWith(listingEnd)) return { nft: answer.output }
    // Without nft nothing can be done about what stands.
    if (isAbsence(answer) || answer.kind === 'missing') return { nft: null }
    const nftUnread = answer.kind === 'done' ? 'the end of its list is missing' : answer.error
    return { nft: null, nftUnread }
  }

  /** Bytes by counter, none where the table isn't there; null where nft can't say. */
  async counters(): Promise<ReadonlyMap<string, number> | null> {
    const args = ['-j', 'list', 'counters', 'table', 'inet', nftTable]
    const answer = await runTool(this.#command, args)
    if (answer.kind !== 'done') {
      if (isAbsence(answer)) return new Map()
      this.#log.debug(`Reading our counters: ${answer.error}`)
      return null
    }
    const parsed = v.safeParse(counterListing, answer.output)
    if (!parsed.success) return null
    const found = parsed.output.nftables.flatMap(({ counter }) => counter ?? [])
    return new Map(found.map(({ name, bytes }) => [name, bytes]))
  }

  /**
   * null, or why it failed. If it can't make ready, everything stays as it was. Where the short way
   * fails, others have changed what stands, and the table is replaced.
   */
  async replace(scripts: NftScripts): Promise<string | null> {
    const { before = null, script, after = null, refill = null } = scripts
    if (refill !== null && errorOf(await this.#commit(refill)) === null) return null
    for (const transaction of [before, script, after]) {
      const error = transaction === null ? null : errorOf(await this.#commit(transaction))
      if (error !== null) return error
    }
    return null
  }

  async remove(): Promise<string | null> {
    const answer = await this.#commit(`delete table inet ${nftTable}`)
    return answer.kind === 'missing' || isAbsence(answer) ? null : errorOf(answer)
  }

  async #commit(script: string): Promise<ToolAnswer> {
    const answer = await this.#run(script)
    this.forget()
    return answer
  }

  /**
   * With `-e` nft prints what the kernel tells of a commit that is done. To its own end it takes
   * three times as long: closing its socket waits for the kernel's grace period.
   */
  #run(script: string): Promise<ToolAnswer> {
    const options = { timeoutMs: commitTimeoutMs }
    if (Buffer.byteLength(script) <= argumentLimitBytes) {
      return runTool(this.#command, ['-e', script], { ...options, doneAtFirstWord: true })
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
