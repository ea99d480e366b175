/** Has new IPv6 connections refused where nothing carries them, see `decision/dead-ends.ts`. */
import { deadEnds } from '../../decision/dead-ends.ts'
import type { Log } from '../../model/log.ts'
import type { Concern, Decided, Wishes } from '../concern.ts'

export class DeadEnds implements Concern {
  readonly #log: Log
  #told: readonly string[] = []

  constructor(log: Log) {
    this.#log = log
  }

  wishes({ healths, decision, active }: Decided): Wishes {
    const found = active ? deadEnds(healths, decision) : []
    this.#tell(found)
    return found.length === 0 ? {} : { deadEnds: found }
  }

  #tell(found: readonly string[]): void {
    for (const wan of found.filter((one) => !this.#told.includes(one))) {
      this.#log.info(
        `no line has IPv6 in place of ${wan}: new connections are refused over IPv6, ` +
          'so that devices use IPv4 at once',
      )
    }
    this.#told = found
  }
}
