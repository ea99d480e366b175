import type { DaemonEvent } from '../../model/event.ts'
import type { OptionsChange } from '../../model/published/options-page.ts'
import type { Concern, Figures } from '../concern.ts'

/** A change of the options on the page: that it waits for a word, or that it was put back and why. */
export class ChangedOptions implements Concern {
  #change: OptionsChange | null

  constructor(change: OptionsChange | null) {
    this.#change = change
  }

  take(event: DaemonEvent): boolean {
    if (event.kind !== 'options_change') return false
    this.#change = event.change
    return true
  }

  problems(): readonly string[] {
    const putBack = this.#change?.put_back ?? null
    if (putBack === null) return []
    const when = putBack.at.slice(0, 16).replace('T', ' ')
    return [`the page's change of the options was put back at ${when} UTC: ${putBack.reason}`]
  }

  figures(): Figures {
    return this.#change === null ? {} : { optionsChange: this.#change }
  }
}
