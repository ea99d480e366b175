/** Limits the log lines about refused commands: a flooded topic must not flood the log. */

/** One line a minute is enough to find a misbehaving automation. */
const quietMs = 60_000

export class RefusedCommands {
  #lastMs: number | null = null
  #unlogged = 0

  /** The line to log, or null for a minute after the last one. */
  line(topic: string, reason: string, nowMs: number): string | null {
    if (this.#lastMs !== null && nowMs - this.#lastMs < quietMs) {
      this.#unlogged += 1
      return null
    }
    const more = this.#unlogged === 0 ? '' : `; and ${this.#unlogged} more since the last line`
    this.#lastMs = nowMs
    this.#unlogged = 0
    return `MQTT: refused a message on ${topic}: ${reason}${more}`
  }
}
