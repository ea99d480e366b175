import type { DaemonEvent } from '../../model/event.ts'
import type { Concern } from '../concern.ts'

/** What the user has to put right elsewhere, as in Home Assistant, until it is. */
export class ForeignProblem implements Concern {
  #problem: string | null = null

  take(event: DaemonEvent): boolean {
    if (event.kind === 'foreign_problem') this.#problem = event.problem
    return false
  }

  problems(): readonly string[] {
    return this.#problem === null ? [] : [this.#problem]
  }
}
