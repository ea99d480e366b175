/**
 * Whether the half of keepalived that speaks VRRP still runs. It wakes for each advert, its own or
 * the other box's, and where none comes it serves a moment later. One that hangs sends none, the
 * other box takes the address, and the kernel here goes on answering for it.
 */
import { readText } from '../kernel/reading/kernel-settings.ts'

export class Pulse {
  readonly #pidFile: string
  #last: string | null = null
  #stillLooks = 0

  constructor(pidFile: string) {
    this.#pidFile = pidFile
  }

  /**
   * To be called each `lookEveryMs`: so many looks in a row have seen that it did not run. Looks are
   * counted and not time, for on a busy machine we are late ourselves.
   */
  hasStopped(): boolean {
    const switches = this.#contextSwitches()
    this.#stillLooks = switches !== null && switches === this.#last ? this.#stillLooks + 1 : 0
    this.#last = switches
    return this.#stillLooks >= mostStillLooks
  }

  /** null: it isn't there, which its end tells. */
  #contextSwitches(): string | null {
    const pid = readText(this.#pidFile)?.trim()
    const status = readText(`/proc/${pid}/status`)
    if (status === null) return null
    return `${pid}: ${status.match(/^\w*voluntary_ctxt_switches:.*$/gm)?.join(', ')}`
  }
}

export const lookEveryMs = 250
/** Adverts are 0.3 s apart at most, and after three that are missed the other box serves. */
const mostStillLooks = 6
