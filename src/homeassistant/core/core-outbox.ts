/**
 * The newest few messages for one receiver, in order: a failover often takes the connection to
 * Home Assistant with it, and the receiver still needs to know afterwards.
 */
import type { CoreCommand, CoreOutcome, CoreSession } from './core-session.ts'

export interface Letter {
  /** Called when it is sent: a late message says when it happened. */
  readonly command: () => CoreCommand
  /** `again` writes and sends it once more. Never called for a message that was lost. */
  readonly answered: (outcome: CoreOutcome) => 'done' | 'again'
}

/** After a night of flaps nobody reads more. */
export const maxKept = 20

export class CoreOutbox {
  readonly #patienceMs: number
  #kept: Letter[] = []
  #sendingOn: CoreSession | null = null

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs
  }

  /** Without a session it waits for one. */
  push(letter: Letter, session: CoreSession | null): void {
    this.#kept = [...this.#kept, letter].slice(-maxKept)
    if (session !== null) void this.send(session)
  }

  /** One at a time, so that they arrive in order. Only what the connection lost stays. */
  async send(session: CoreSession): Promise<void> {
    if (this.#sendingOn === session) return
    this.#sendingOn = session
    for (let letter = this.#kept[0]; letter !== undefined; letter = this.#kept[0]) {
      const outcome = await session.ask(letter.command(), this.#patienceMs)
      if (outcome.kind === 'lost') break
      if (letter.answered(outcome) === 'done') {
        this.#kept = this.#kept.filter((each) => each !== letter)
      }
    }
    if (this.#sendingOn === session) this.#sendingOn = null
  }
}
