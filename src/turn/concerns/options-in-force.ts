import type { DaemonEvent } from '../../model/event.ts'
import type { OptionsNotice } from '../../model/published/snapshot.ts'
import type { Concern, Figures } from '../concern.ts'

/** What is wrong with the options that were given, while earlier ones or none are in force. */
export class OptionsInForce implements Concern {
  #notice: OptionsNotice | null

  constructor(notice: OptionsNotice | null) {
    this.#notice = notice
  }

  take(event: DaemonEvent): boolean {
    if (event.kind !== 'options_notice') return false
    this.#notice = event.notice
    return true
  }

  problems(): readonly string[] {
    if (this.#notice === null) return []
    const { in_force, since, problems, taken_back } = this.#notice
    const when = since === null ? '' : `, of ${since.slice(0, 16).replace('T', ' ')} UTC,`
    const why = taken_back === undefined ? 'are wrong' : 'were taken back'
    const stays = `the new options ${why}: the last right ones${when} stay in force`
    const kind = taken_back === undefined ? 'wrong option: ' : ''
    return [
      ...(in_force === 'earlier' ? [stays] : []),
      ...problems.map((problem) => `${kind}${problem}`),
    ]
  }

  figures(): Figures {
    return this.#notice === null ? {} : { options: this.#notice }
  }
}
