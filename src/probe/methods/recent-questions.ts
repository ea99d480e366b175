/** A question that was sent, and who waits for its answer. */
export interface RecentQuestion {
  /** By `performance.now()`. */
  readonly sentMs: number
  /** Null says that no answer will come, or that it would come too late. */
  readonly settle: (silence: null) => void
}

/**
 * The questions that may still be answered: those of the last ten seconds, at most 4096. What
 * is older or too much is forgotten, the oldest first, and settled as silence; an answer to it
 * then means nothing.
 */
export class RecentQuestions<Key, Question extends RecentQuestion> {
  readonly #questions = new Map<Key, Question>()
  readonly #most: number

  /** `most` is for questions that are compared with each answer one by one. */
  constructor(most: number = maxQuestions) {
    this.#most = most
  }

  add(key: Key, question: Question): void {
    this.#forgetSilently(key)
    this.#questions.set(key, question)
    for (const [oldest, { sentMs }] of this.#questions) {
      if (this.#questions.size <= this.#most && question.sentMs - sentMs <= memoryMs) break
      this.#forgetSilently(oldest)
    }
  }

  has(key: Key): boolean {
    return this.#questions.has(key)
  }

  /** Looks without forgetting: an answer still has to prove that it belongs here. */
  peek(key: Key, nowMs: number): Question | null {
    const question = this.#questions.get(key)
    return question === undefined || nowMs - question.sentMs > memoryMs ? null : question
  }

  /** As `peek`, for answers that carry no number. */
  all(nowMs: number): [Key, Question][] {
    return [...this.#questions].filter(([, { sentMs }]) => nowMs - sentMs <= memoryMs)
  }

  /** For who settles the question with its outcome. */
  forget(key: Key): void {
    this.#questions.delete(key)
  }

  /** No answer can come any more. */
  clear(): void {
    for (const key of this.#questions.keys()) this.#forgetSilently(key)
  }

  #forgetSilently(key: Key): void {
    const question = this.#questions.get(key)
    this.#questions.delete(key)
    question?.settle(null)
  }
}

/** Both numbers are the prober's promise; see port.ts. */
export const memoryMs = 10_000
export const maxQuestions = 4096
