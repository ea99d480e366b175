/**
 * The questions that may still be answered: those of the last ten seconds, at most 4096. What
 * is older or too much is forgotten, the oldest first; an answer to it then means nothing.
 */
export class RecentQuestions<Key, Question> {
  readonly #entries = new Map<Key, { readonly question: Question; readonly askedMs: number }>()

  add(key: Key, question: Question, nowMs: number): void {
    this.#entries.delete(key)
    this.#entries.set(key, { question, askedMs: nowMs })
    for (const [oldest, { askedMs }] of this.#entries) {
      if (this.#entries.size <= maxQuestions && nowMs - askedMs <= memoryMs) break
      this.#entries.delete(oldest)
    }
  }

  has(key: Key): boolean {
    return this.#entries.has(key)
  }

  /** Looks without forgetting: an answer still has to prove that it belongs here. */
  peek(key: Key, nowMs: number): Question | null {
    const entry = this.#entries.get(key)
    return entry === undefined || nowMs - entry.askedMs > memoryMs ? null : entry.question
  }

  forget(key: Key): void {
    this.#entries.delete(key)
  }
}

/** Both numbers are the prober's promise; see port.ts. */
export const memoryMs = 10_000
export const maxQuestions = 4096
