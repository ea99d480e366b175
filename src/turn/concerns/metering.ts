/**
 * Keeps the books of the WANs that cost money by the byte: asks for the kernel's counters now and
 * then, sums up the month, says when a cap is near, reached or lifted. It decides nothing and drops
 * nothing: a failover never waits for it.
 */
import {
  billingMonth,
  type CapState,
  capState,
  type MeterBook,
  recorded,
} from '../../decision/metered-months.ts'
import type { DaemonEvent } from '../../model/event.ts'
import type { Log } from '../../model/log.ts'
import { countedPolicies, countedWans } from '../../model/settings/counted-wans.ts'
import type { Settings, WanSettings } from '../../model/settings/settings.ts'
import { counterName } from '../../network/nft/chains/metering-chains.ts'
import type { MeteringWishes } from '../../network/wanted.ts'
import type { MeteredFigures } from '../../report/snapshot.ts'
import type { Concern, Decided, Evidence, Now } from '../concern.ts'
import type { Errand } from '../errand.ts'

export interface MeteringParts {
  readonly settings: Settings
  /** As an earlier run has left it. */
  readonly book: MeterBook
  readonly log: Log
}

export class Metering implements Concern {
  readonly #settings: Settings
  readonly #log: Log
  readonly #wans: readonly WanSettings[]
  readonly #countersOf: ReadonlyMap<string, readonly string[]>
  #book: MeterBook
  #caps: ReadonlyMap<string, CapState> = new Map()
  /** As they stand in the kernel. */
  #counters: ReadonlyMap<string, number> = new Map()
  #blind = false
  #reading = false
  #readAtMs = Number.POSITIVE_INFINITY
  #saveAtMs = 0
  #unsaved = false
  #stopping: 'no' | 'reading' | 'saved' = 'no'

  constructor({ settings, book, log }: MeteringParts) {
    this.#settings = settings
    this.#book = book
    this.#log = log
    this.#wans = countedWans(settings)
    this.#countersOf = new Map(
      this.#wans.map(({ name }) => [name, countersOfWan(settings, name)] as const),
    )
  }

  /** Counters that don't stand before the first plan begin at 0 with it, whatever the book says. */
  start(): readonly Errand[] {
    if (this.#wans.length === 0) return []
    this.#reading = true
    return [{ kind: 'read_counters' }]
  }

  wakeAtMs(): number {
    return this.#reading ? Number.POSITIVE_INFINITY : this.#readAtMs
  }

  take(event: DaemonEvent, now: Now): boolean {
    return event.kind === 'counters' && this.#takeReading(event.counters, now)
  }

  evidence(): Evidence {
    return { capped: this.capped }
  }

  /** The WANs that only policies with `over_cap` may use until their month ends. */
  get capped(): ReadonlySet<string> {
    return new Set([...this.#caps].filter(([, state]) => state === 'reached').map(([wan]) => wan))
  }

  /** What nft is to count and to hold. */
  wishes(): { readonly metering: MeteringWishes } {
    const caps = this.#wans.flatMap(({ name, capMb }) => {
      const month = this.#book.months[name]?.month
      if (capMb === 0 || month === undefined) return []
      return { wan: name, month, limitBytes: capMb * bytesPerMb, usedBytes: this.#used(name) }
    })
    return { metering: { caps } }
  }

  problems(): string[] {
    const blind = this.#blind
      ? [`can't count the bytes of ${this.#wans.map(({ name }) => name).join(', ')} at the moment`]
      : []
    return [...blind, ...this.#wans.flatMap((wan) => this.#describeCap(wan) ?? [])]
  }

  figures(): { readonly metered: MeteredFigures } {
    const wans = this.#wans.map(({ name, capMb }) => {
      const figures = {
        monthBytes: this.#used(name),
        monthSince: this.#book.months[name]?.month ?? null,
        capBytes: capMb === 0 ? null : capMb * bytesPerMb,
        received: this.#counters.get(counterName('received', name)) ?? null,
        sent: this.#counters.get(counterName('sent', name)) ?? null,
      }
      return [name, figures] as const
    })
    const policies = new Map<string, number>()
    for (const { name: wan } of this.#wans) {
      for (const { name } of countedPolicies(this.#settings, wan)) {
        policies.set(name, (policies.get(name) ?? 0) + this.#used(wan, name))
      }
    }
    return { metered: { wans: new Map(wans), policies } }
  }

  afterwards({ nowMs, inUse }: Decided): readonly Errand[] {
    if (this.#wans.length === 0) return []
    const busy = this.#wans.some(({ name }) => inUse.has(name))
    this.#readAtMs = Math.min(this.#readAtMs, nowMs + (busy ? busyReadMs : idleReadMs))
    const saving = this.#unsaved ? [this.#saved(nowMs)] : []
    if (this.#reading || nowMs < this.#readAtMs) return saving
    this.#reading = true
    return [...saving, { kind: 'read_counters' }]
  }

  /** The last reading before the daemon, and perhaps its table, goes. */
  stop(): readonly Errand[] {
    if (this.#wans.length === 0 || this.#stopping === 'saved') return []
    if (this.#stopping === 'no') {
      this.#stopping = 'reading'
      return [{ kind: 'read_counters' }]
    }
    this.#stopping = 'saved'
    return [{ kind: 'save_book', book: this.#book }]
  }

  /** null: nft could not say. Returns whether a cap was reached or lifted. */
  #takeReading(counters: ReadonlyMap<string, number> | null, { nowMs, wallMs }: Now): boolean {
    if (this.#wans.length === 0) return false
    this.#reading = false
    this.#readAtMs = Number.POSITIVE_INFINITY
    this.#blind = counters === null
    const before = this.#book
    this.#counters = counters ?? this.#counters
    this.#book = recorded(before, {
      counters: counters ?? new Map(Object.entries(before.counters)),
      countersOf: this.#countersOf,
      months: new Map(
        this.#wans.map(({ name, billingDay }) => [name, billingMonth(wallMs, billingDay)]),
      ),
    })
    this.#reportMonths(before)
    const changed = this.#judgeCaps()
    this.#unsaved ||= changed || nowMs >= this.#saveAtMs
    return changed
  }

  #saved(nowMs: number): Errand {
    this.#unsaved = false
    this.#saveAtMs = nowMs + saveEveryMs
    return { kind: 'save_book', book: this.#book }
  }

  /** Of the month, in both directions. */
  #used(wan: string, policy?: string): number {
    const bytes = this.#book.months[wan]?.bytes ?? {}
    const names = (['sent', 'received'] as const).map((way) => counterName(way, wan, policy))
    return names.reduce((sum, name) => sum + (bytes[name] ?? 0), 0)
  }

  #reportMonths(before: MeterBook): void {
    for (const { name } of this.#wans) {
      const old = before.months[name]
      const now = this.#book.months[name]
      if (old === undefined || old.month === now?.month) continue
      const names = [counterName('sent', name), counterName('received', name)]
      const carried = names.reduce((sum, counter) => sum + (old.bytes[counter] ?? 0), 0)
      const lifted = this.#caps.get(name) === 'reached' ? '; its cap is lifted' : ''
      this.#log.info(
        `a new billing month of ${name} has begun; the last one had ${inMb(carried)} MB${lifted}`,
      )
    }
  }

  #judgeCaps(): boolean {
    const capped = this.capped
    const before = this.#caps
    this.#caps = new Map(
      this.#wans.map(({ name, capMb }) => [name, capState(this.#used(name), capMb * bytesPerMb)]),
    )
    for (const wan of this.#wans) {
      const text = this.#describeCap(wan)
      if (text !== null && this.#caps.get(wan.name) !== before.get(wan.name)) {
        this.#log.warn(text)
      }
    }
    const now = this.capped
    return now.size !== capped.size || [...now].some((wan) => !capped.has(wan))
  }

  #describeCap({ name, capMb }: WanSettings): string | null {
    const state = this.#caps.get(name)
    if (state === 'reached') {
      return (
        `${name} has used up its cap of ${capMb} MB since ${this.#book.months[name]?.month}: ` +
        'until the next month only policies with over_cap use it'
      )
    }
    if (state !== 'near') return null
    const percent = Math.floor((this.#used(name) * 100) / (capMb * bytesPerMb))
    return `${name} has used ${percent} % of its cap of ${capMb} MB`
  }
}

function countersOfWan(settings: Settings, wan: string): string[] {
  const policies = countedPolicies(settings, wan).map(({ name }) => name)
  return [undefined, ...policies].flatMap((policy) =>
    (['sent', 'received'] as const).map((direction) => counterName(direction, wan, policy)),
  )
}

function inMb(bytes: number): string {
  return (bytes / bytesPerMb).toFixed(1)
}

/** As providers count. */
const bytesPerMb = 1_000_000
const busyReadMs = 10_000
const idleReadMs = 60_000
const saveEveryMs = 60_000
