/** Paces the log lines about refused commands: whoever floods a topic must not flood the log. */

/** One line a minute is enough to find a misbehaving automation. */
const quietMs = 60_000

export class RefusedCommands {
  #lastMs: number | null = null
  #unsaid = 0

  /** The line to log, or null while an earlier one is fresh. */
  line(topic: string, reason: string, nowMs: number): string | null {
    if (this.#lastMs !== null && nowMs - this.#lastMs < quietMs) {
      this.#unsaid += 1
      return null
    }
    const more = this.#unsaid === 0 ? '' : `; ${this.#unsaid} more were refused since the last line`
    this.#lastMs = nowMs
    this.#unsaid = 0
    return `MQTT: a message on ${topic} was refused: ${reason}${more}.`
  }
}
