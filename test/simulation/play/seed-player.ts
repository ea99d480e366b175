/**
 * A thread that plays seeds, one after the other. Node's test runner follows each promise of its own
 * thread, of which a simulation makes millions: here it takes a quarter less, and beside others.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Played, Wish } from './play-seed.ts'

/** A day of turns takes a minute on a slow machine. */
const longestMs = 600_000

export class SeedPlayer {
  readonly #worker = new Worker(new URL('./seed-worker.ts', import.meta.url), {
    // What a turn makes is forgotten in the next: most of it needn't be copied in between.
    resourceLimits: { maxYoungGenerationSizeMb: 96 },
  })

  /** What became of it; a failure without a step where the thread could not tell itself. */
  async play(wish: Wish): Promise<Played> {
    this.#worker.postMessage(wish)
    try {
      const answers = await once(this.#worker, 'message', {
        signal: AbortSignal.timeout(longestMs),
      })
      return (answers as [Played])[0]
    } catch (error) {
      const failure = `it does not end within ten minutes, or ends everything: ${error}`
      return { ...wish, steps: 0, playedMs: 0, failure }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }
}
