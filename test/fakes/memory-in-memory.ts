import type { Memory, Remembered } from '../../src/daemon/memory.ts'

/** What outlives a restart, as long as the test lives. */
export class MemoryInMemory implements Memory {
  #remembered: Remembered = { mode: 'automatic', mayOverride: false }

  load(): Remembered {
    return this.#remembered
  }

  save(remembered: Remembered): void {
    this.#remembered = remembered
  }
}
