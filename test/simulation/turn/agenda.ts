/** What is going to happen, by virtual time, without a promise: a heap of actions. */
export class Agenda {
  nowMs = 0
  readonly #entries: Entry[] = []
  #count = 0

  /** At the same time what was entered first happens first. */
  at(atMs: number, action: () => void): void {
    const entry = { atMs: Math.max(atMs, this.nowMs), order: this.#count++, action }
    const entries = this.#entries
    let place = entries.push(entry) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = entries[parent]
      if (above === undefined || !isBefore(entry, above)) break
      entries[place] = above
      place = parent
    }
    entries[place] = entry
  }

  /** When something happens next; infinite where nothing does. */
  get nextMs(): number {
    return this.#entries[0]?.atMs ?? Number.POSITIVE_INFINITY
  }

  /** Lets time pass up to `untilMs`, or until there is news, and everything happen that is due by then. */
  advanceTo(untilMs: number, isNews: () => boolean): void {
    while (this.nextMs <= untilMs) {
      const entry = this.#takeFirst()
      if (entry === undefined) break
      this.nowMs = entry.atMs
      entry.action()
      if (isNews()) return
    }
    this.nowMs = Math.max(this.nowMs, untilMs)
  }

  #takeFirst(): Entry | undefined {
    const entries = this.#entries
    const first = entries[0]
    const last = entries.pop()
    if (last === undefined || first === last) return first
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      const [left, right] = [entries[child], entries[child + 1]]
      if (left === undefined) break
      let below = left
      if (right !== undefined && isBefore(right, left)) {
        below = right
        child += 1
      }
      if (!isBefore(below, last)) break
      entries[place] = below
      place = child
    }
    entries[place] = last
    return first
  }
}

interface Entry {
  readonly atMs: number
  readonly order: number
  readonly action: () => void
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
}
