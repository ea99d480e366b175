import { randomFillSync } from 'node:crypto'

/**
 * Unpredictable bytes, a few at a time. A call into OpenSSL for each probe would cost a tenth of
 * what a probe costs; one for a hundred of them costs nothing.
 */
export class RandomPool {
  #bytes = Buffer.alloc(0)

  /** Nobody gets the same bytes again. */
  take(count: number): Buffer {
    if (this.#bytes.length < count) this.#bytes = randomFillSync(Buffer.alloc(poolBytes))
    const taken = this.#bytes.subarray(0, count)
    this.#bytes = this.#bytes.subarray(count)
    return taken
  }
}

const poolBytes = 4096
