import type { Audience } from '../model/audience.ts'
import type { ChangeEvent, Snapshot } from '../model/published/snapshot.ts'

/** How long to wait between two attempts: doubled from the first to the last. */
export interface SearchPace {
  readonly firstMs: number
  readonly lastMs: number
}

/** The outcome of one attempt to find where to publish. */
export type Found =
  | { readonly kind: 'found'; readonly audience: Audience }
  | { readonly kind: 'later' }

/**
 * Stands in until it finds an audience to publish to: the daemon starts at once, however long the
 * Supervisor takes. It keeps the newest snapshot and nothing else.
 */
export class LateAudience implements Audience {
  readonly #find: () => Promise<Found>
  readonly #lastWaitMs: number
  #there: Audience | null = null
  #newest: Snapshot | null = null
  #retry: NodeJS.Timeout | undefined
  #waitMs: number
  #closed = false

  /** `find` must not reject. */
  constructor(find: () => Promise<Found>, { firstMs, lastMs }: SearchPace = usualPace) {
    this.#find = find
    this.#waitMs = firstMs
    this.#lastWaitMs = lastMs
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
      this.#waitMs = Math.min(2 * this.#waitMs, this.#lastWaitMs)
    }
    if (found.kind !== 'found') return
    this.#there = found.audience
    if (this.#closed) void this.#there.close()
    else if (this.#newest !== null) this.#there.publish(this.#newest)
  }
}

const usualPace: SearchPace = { firstMs: 5_000, lastMs: 60_000 }
