import type { Audience } from '../model/audience.ts'
import type { ChangeEvent, Snapshot } from '../model/snapshot.ts'

/** What became of one attempt to find where to publish. */
export type Found =
  | { readonly kind: 'found'; readonly audience: Audience }
  /** There is none, and there will be none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'later' }

/**
 * Stands in until somebody is found to publish to: the daemon starts at once, however long the
 * Supervisor takes. Keeps the newest snapshot and nothing else.
 */
export class LateAudience implements Audience {
  readonly #find: () => Promise<Found>
  #there: Audience | null = null
  #newest: Snapshot | null = null
  #retry: NodeJS.Timeout | undefined
  #waitMs = firstWaitMs
  #closed = false

  /** `find` must not reject. */
  constructor(find: () => Promise<Found>) {
    this.#find = find
    this.#search()
  }

  publish(snapshot: Snapshot): void {
    this.#newest = snapshot
    this.#there?.publish(snapshot)
  }

  announce(event: ChangeEvent): void {
    this.#there?.announce(event)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    await this.#there?.close()
  }

  #search(): void {
    this.#find().then(
      (found) => this.#take(found),
      () => this.#take({ kind: 'later' }),
    )
  }

  #take(found: Found): void {
    if (found.kind === 'later' && !this.#closed) {
      this.#retry = setTimeout(() => this.#search(), this.#waitMs)
      this.#waitMs = Math.min(2 * this.#waitMs, longestWaitMs)
    }
    if (found.kind !== 'found') return
    this.#there = found.audience
    if (this.#closed) void this.#there.close()
    else if (this.#newest !== null) this.#there.publish(this.#newest)
  }
}

const firstWaitMs = 5_000
const longestWaitMs = 60_000
