/** Numbers, times and durations in the user's language; a dash for what is unknown. */
export const unknownFigure = '–'

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

export class Formats {
  readonly language: string
  readonly #timeZone: string | undefined

  /** Without a time zone it is the browser's. */
  constructor(language: string, timeZone?: string) {
    this.language = language
    this.#timeZone = timeZone
  }

  /** A latency: tenths matter below ten milliseconds only. */
  milliseconds(value: number | null): string {
    if (value === null) return unknownFigure
    return this.#unit(value, 'millisecond', 'short', value < 10 ? 1 : 0)
  }

  percent(value: number | null): string {
    if (value === null) return unknownFigure
    const digits = value > 0 && value < 10 ? 1 : 0
    return new Intl.NumberFormat(this.language, {
      style: 'percent',
      maximumFractionDigits: digits,
    }).format(value / 100)
  }

  bytes(value: number | null): string {
    if (value === null) return unknownFigure
    const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
    const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3))
    const scaled = value / 1_000 ** power
    return this.#unit(scaled, units[power] ?? 'byte', 'short', scaled < 10 && power > 0 ? 1 : 0)
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.language, { maximumFractionDigits: 1 }).format(value)
  }

  /** How long something took, from milliseconds to seconds. */
  took(ms: number): string {
    return ms < secondMs ? this.milliseconds(Math.round(ms)) : this.duration(ms, 1)
  }

  /** The two largest units that matter: "2 hr 5 min". */
  duration(ms: number, secondDigits = 0): string {
    const whole = Math.max(0, ms)
    if (whole < minuteMs) return this.#unit(whole / secondMs, 'second', 'short', secondDigits)
    const steps = [
      { unit: 'day', ms: dayMs },
      { unit: 'hour', ms: hourMs },
      { unit: 'minute', ms: minuteMs },
      { unit: 'second', ms: secondMs },
    ] as const
    const first = steps.findIndex((step) => whole >= step.ms)
    const larger = steps[first]
    const smaller = steps[first + 1]
    if (larger === undefined || smaller === undefined) return unknownFigure
    const count = Math.floor(whole / larger.ms)
    const rest = Math.floor((whole - count * larger.ms) / smaller.ms)
    const head = this.#unit(count, larger.unit, 'short', 0)
    return rest === 0 ? head : `${head} ${this.#unit(rest, smaller.unit, 'short', 0)}`
  }

  /** The largest unit only, for where there is little room: "2 hr". */
  roughly(ms: number): string {
    const unit = ms < minuteMs ? secondMs : ms < hourMs ? minuteMs : ms < dayMs ? hourMs : dayMs
    return this.duration(Math.floor(ms / unit) * unit)
  }

  /** In full words, for a sentence: "10 minutes". */
  minutes(count: number): string {
    return this.#unit(count, 'minute', 'long', 0)
  }

  /** "9:41". */
  countdown(ms: number): string {
    const seconds = Math.max(0, Math.ceil(ms / secondMs))
    const rest = String(seconds % 60).padStart(2, '0')
    return `${Math.floor(seconds / 60)}:${rest}`
  }

  /** "9.4s": how long something has been going on. */
  stopwatch(ms: number): string {
    return new Intl.NumberFormat(this.language, {
      style: 'unit',
      unit: 'second',
      unitDisplay: 'narrow',
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    }).format(Math.floor(ms / 100) / 10)
  }

  /** The time of day, with the day where it isn't today. */
  moment(atMs: number, nowMs: number): string {
    if (this.#day(atMs) === this.#day(nowMs)) return this.time(atMs)
    const options =
      nowMs - atMs < 6 * dayMs
        ? ({ weekday: 'short' } as const)
        : ({ day: 'numeric', month: 'short' } as const)
    return this.#date(atMs, { ...options, hour: '2-digit', minute: '2-digit' })
  }

  time(atMs: number): string {
    return this.#date(atMs, { hour: '2-digit', minute: '2-digit' })
  }

  /** The day and the month, for a chart's axis. */
  day(atMs: number): string {
    return this.#date(atMs, { day: 'numeric', month: 'short' })
  }

  /** With seconds: one event among others. */
  precise(atMs: number): string {
    return this.#date(atMs, { dateStyle: 'medium', timeStyle: 'medium' })
  }

  #day(atMs: number): string {
    return this.#date(atMs, { dateStyle: 'short' })
  }

  #date(atMs: number, options: Intl.DateTimeFormatOptions): string {
    const zone = this.#timeZone === undefined ? {} : { timeZone: this.#timeZone }
    return new Intl.DateTimeFormat(this.language, { ...options, ...zone }).format(atMs)
  }

  #unit(value: number, unit: string, display: 'short' | 'long', digits: number): string {
    return new Intl.NumberFormat(this.language, {
      style: 'unit',
      unit,
      unitDisplay: display,
      maximumFractionDigits: digits,
    }).format(value)
  }
}
