/** What the kernel's tools refuse to do or to tell: each is logged once, and told as long as it lasts. */
import type { ChangeFailure } from '../kernel/port.ts'
import type { HostState } from '../model/host.ts'
import type { Log } from '../model/log.ts'
import { changeKey } from '../network/diff/operations.ts'
import type { DesiredState } from '../network/wanted.ts'

export class KernelProblems {
  readonly #log: Log
  /** The errors logged, by object. */
  readonly #failures = new Map<string, string>()
  /** nft can't say whether our table stands, and one is wanted. */
  #unread: string | null = null

  constructor(log: Log) {
    this.#log = log
  }

  /** In plain words, the worst few. */
  get told(): string[] {
    const unread = this.#unread === null ? [] : [this.#unread]
    return [...new Set([...unread, ...this.#failures.values()])].slice(0, maxTold)
  }

  /** No sign says that a tool is well again: what it can't tell is to be asked anew. */
  get askAgain(): boolean {
    return this.#unread !== null
  }

  read({ nftUnread: why }: HostState, { nft }: DesiredState): void {
    const unread = why === undefined || nft === null ? null : `${cannotList}: ${why}`
    if (unread === this.#unread) return
    if (unread !== null) this.#log.error(unread)
    else if (nft !== null) this.#log.info('nft lists our table again')
    this.#unread = unread
  }

  refused(failures: readonly ChangeFailure[]): void {
    for (const { change, error } of failures) {
      const key = changeKey(change)
      if (this.#failures.get(key) === error) continue
      this.#failures.set(key, error)
      this.#log.error(error)
    }
  }

  /** What isn't missing any more is no problem any more. */
  missing(keys: ReadonlySet<string>): void {
    for (const key of this.#failures.keys()) {
      if (!keys.has(key)) this.#failures.delete(key)
    }
  }
}

const maxTold = 4
const cannotList = 'nft does not list our table, so changes by other programs go unnoticed'
