/**
 * What one receiver is still to be told, in order, the newest few: a failover often takes the
 * connection to Home Assistant with it, and whoever it was for wants to hear of it afterwards.
 */
import type { CoreCommand, CoreOutcome, CoreSession } from './core-session.ts'

export interface Letter {
  /** Written when it is sent: a late one says when it happened. */
  readonly command: () => CoreCommand
  /** `again` sends it once more, written anew. Never called for one that was lost. */
  readonly answered: (outcome: CoreOutcome) => 'done' | 'again'
}

/** A night of flaps is told by its end; nobody reads more. */
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

  /** One at a time, so that they arrive in order. Only what was lost with the connection stays. */
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
