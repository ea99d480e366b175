/**
 * Which DNS servers answer by which WAN. They are asked only while somebody needs one: all at once,
 * then the first that answers now and then; where none does, all of them again.
 */
import type { ServerQuestion } from '../model/resolver.ts'

/** A WAN, and the servers to ask by it, the preferred one first. */
export interface Wish {
  readonly wan: number
  readonly servers: readonly string[]
}

export class AnsweringServers {
  readonly #servers = new Map<string, ServerRecord>()
  #wakeAtMs = Number.POSITIVE_INFINITY

  /** The questions that are due; the caller has to send them now. */
  dueQuestions(wishes: readonly Wish[], nowMs: number): readonly ServerQuestion[] {
    this.#forgetOthers(wishes)
    const questions: ServerQuestion[] = []
    this.#wakeAtMs = Number.POSITIVE_INFINITY
    for (const { wan, servers } of wishes) {
      for (const server of servers) this.#judge(keyOf(wan, server), nowMs)
      const first = this.answering(wan, servers)
      for (const server of first === null ? servers : [first]) {
        const record = this.#recordOf(wan, server)
        const gapMs = first === null ? Math.min(record.lost, maxWaits) * retryMs : restMs
        const dueAtMs = record.lost === 1 ? nowMs : record.askedAtMs + gapMs
        if (record.waiting) {
          this.#wakeAtMs = Math.min(this.#wakeAtMs, record.askedAtMs + timeoutMs)
        } else if (nowMs >= dueAtMs) {
          record.waiting = true
          record.askedAtMs = nowMs
          questions.push({ wan, server })
          this.#wakeAtMs = Math.min(this.#wakeAtMs, nowMs + timeoutMs)
        } else this.#wakeAtMs = Math.min(this.#wakeAtMs, dueAtMs)
      }
    }
    return questions
  }

  wakeAtMs(): number {
    return this.#wakeAtMs
  }

  /** A late answer counts as long as somebody still wants the server. */
  take({ wan, server }: ServerQuestion, answered: boolean): void {
    const record = this.#servers.get(keyOf(wan, server))
    if (record === undefined) return
    record.waiting = false
    record.answers = answered
    record.lost = answered ? 0 : record.lost + 1
  }

  /** The first of these servers that answers by this WAN; null: none does. */
  answering(wan: number, servers: readonly string[]): string | null {
    return servers.find((server) => this.#servers.get(keyOf(wan, server))?.answers === true) ?? null
  }

  #recordOf(wan: number, server: string): ServerRecord {
    const key = keyOf(wan, server)
    const known = this.#servers.get(key)
    if (known !== undefined) return known
    const record = { askedAtMs: Number.NEGATIVE_INFINITY, waiting: false, answers: false, lost: 0 }
    this.#servers.set(key, record)
    return record
  }

  #judge(key: string, nowMs: number): void {
    const record = this.#servers.get(key)
    if (record === undefined || !record.waiting || nowMs < record.askedAtMs + timeoutMs) return
    record.waiting = false
    record.lost += 1
    if (record.lost > 1) record.answers = false
  }

  /** What nobody needs now may be different when somebody does. */
  #forgetOthers(wishes: readonly Wish[]): void {
    const wanted = new Set(
      wishes.flatMap(({ wan, servers }) => servers.map((server) => keyOf(wan, server))),
    )
    for (const key of this.#servers.keys()) if (!wanted.has(key)) this.#servers.delete(key)
  }
}

interface ServerRecord {
  askedAtMs: number
  waiting: boolean
  answers: boolean
  lost: number
}

function keyOf(wan: number, server: string): string {
  return `${wan} ${server}`
}

const timeoutMs = 1_000
const restMs = 10_000
const retryMs = 1_000
/** A line that answers nothing for long is asked every ten seconds. */
const maxWaits = 10
