/**
 * What each metered WAN has carried in its billing month, kept from the readings of the kernel's
 * counters. It computes: the wall clock and the readings are arguments, the book is a value.
 */

export interface MeterBook {
  /** By WAN name. */
  readonly months: Readonly<Record<string, MeteredMonth>>
  /** What each counter said last, in bytes. */
  readonly counters: Readonly<Record<string, number>>
}

export interface MeteredMonth {
  /** The day on which it began, as `2026-11-01`. */
  readonly month: string
  /** By counter name, the bytes of this month. */
  readonly bytes: Readonly<Record<string, number>>
}

export interface CounterReading {
  /** By counter name, its bytes since it was made; one that isn't there is left out. */
  readonly counters: ReadonlyMap<string, number>
  /** By WAN name, the month that it is now. */
  readonly months: ReadonlyMap<string, string>
  /** By WAN name, the counters that are its own. */
  readonly countersOf: ReadonlyMap<string, readonly string[]>
}

export const emptyBook: MeterBook = { months: {}, counters: {} }

/**
 * The book after a reading. A counter that says less than before is a new one and counts from 0.
 * What came between two readings counts in the month of the later one: never too little. A month
 * never turns back, for a machine without a battery begins in 1970 until it has asked for the time.
 */
export function recorded(book: MeterBook, reading: CounterReading): MeterBook {
  const months = [...reading.months].map(([wan, now]) => {
    const before = book.months[wan]
    const goesOn = before !== undefined && before.month >= now
    const bytes: Record<string, number> = goesOn ? { ...before.bytes } : {}
    for (const name of reading.countersOf.get(wan) ?? []) {
      const more = advance(book.counters[name] ?? 0, reading.counters.get(name))
      if (more > 0) bytes[name] = (bytes[name] ?? 0) + more
    }
    return [wan, { month: goesOn ? before.month : now, bytes }] as const
  })
  return {
    months: { ...book.months, ...Object.fromEntries(months) },
    counters: Object.fromEntries(reading.counters),
  }
}

function advance(before: number, now: number | undefined): number {
  if (now === undefined) return 0
  return now >= before ? now - before : now
}

/** The day on which the billing month began that this moment lies in, by the machine's own time zone. */
export function billingMonth(wallMs: number, billingDay: number): string {
  const now = new Date(wallMs)
  const monthsBack = now.getDate() < billingDay ? 1 : 0
  const start = new Date(now.getFullYear(), now.getMonth() - monthsBack, billingDay)
  const parts = [start.getMonth() + 1, start.getDate()].map((part) => `${part}`.padStart(2, '0'))
  return [start.getFullYear(), ...parts].join('-')
}

export type CapState = 'below' | 'near' | 'reached'

export function capState(usedBytes: number, capBytes: number): CapState {
  if (capBytes === 0) return 'below'
  if (usedBytes >= capBytes) return 'reached'
  return usedBytes * 100 >= capBytes * warnAtPercent ? 'near' : 'below'
}

const warnAtPercent = 80
