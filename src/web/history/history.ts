/**
 * The past, for the charts and the timeline: samples and events wait in memory and are written once
 * a minute. Nothing that happens to the file may reach the daemon: it sets aside a file that is
 * damaged or another program's, it waits for a disk that is full, and logs either in one line.
 */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../daemon/clock.ts'
import { messageOf } from '../../model/caught-error.ts'
import type { Log } from '../../model/log.ts'
import type { HistoryAnswer, WanHistory } from '../../model/published/history.ts'
import type { MonthReport } from '../../model/published/month-report.ts'
import type { ChangeEvent, Snapshot } from '../../model/published/snapshot.ts'
import { ForeignFile, HistoryFile, inMemory, type StoredSlot } from './history-file.ts'
import { type Recorded, withDurations } from './lasted.ts'
import { monthReport } from './month-report.ts'
import { marksOf, SidestepCounter, type SidestepSlots, withSidesteps } from './sidestep-marks.ts'
import { addSlots, columnsOf, resolutionFor, type Slot, slotOf, tiers } from './slots.ts'

export interface HistoryParts {
  /** null: the history ends with the process. */
  readonly folder: string | null
  readonly clock: Clock
  readonly log: Log
  /** For the file without its journal. */
  readonly maxBytes?: number
}

export class History {
  readonly #parts: HistoryParts
  readonly #path: string | null
  #file: HistoryFile | null = null
  #slots = new Map<string, StoredSlot>()
  #recorded: Recorded[]
  readonly #counter = new SidestepCounter()
  #sidesteps: SidestepSlots = new Map()
  #latestMs: number
  #tidyAtMs: number
  #trusting = true
  #complaint: string | null = null
  #settled: Promise<void> = Promise.resolve()
  #cancelFlush: () => void = () => {}
  #closed = false

  constructor(parts: HistoryParts) {
    this.#parts = parts
    this.#path = parts.folder === null ? null : join(parts.folder, fileName)
    this.#latestMs = parts.clock.wallMs()
    this.#recorded = [{ atMs: this.#latestMs, event: null }]
    this.#tidyAtMs = parts.clock.nowMs()
    this.#flushLater()
  }

  record({ wans, sidesteps }: Snapshot): void {
    const nowMs = this.#now()
    this.#sidesteps = withSidesteps(this.#sidesteps, nowMs, this.#counter.more(sidesteps))
    for (const [wan, sample] of Object.entries(wans)) {
      const slot = slotOf(sample)
      for (const { slotS } of tiers) {
        const atS = Math.floor(nowMs / 1000 / slotS) * slotS
        const key = `${slotS} ${atS} ${wan}`
        const before = this.#slots.get(key)?.slot
        const sum = before === undefined ? slot : addSlots(before, slot)
        this.#slots.set(key, { tierS: slotS, atS, wan, slot: sum })
      }
    }
    if (this.#slots.size > maxWaitingSlots) this.#dropOldest()
  }

  recordEvent(event: ChangeEvent): void {
    this.#recorded.push({ atMs: this.#now(), event })
    if (this.#recorded.length > maxWaitingEvents) this.#recorded.shift()
  }

  /** The history between two times, with what is not written yet. */
  answer({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): HistoryAnswer {
    const { tierS, resolutionS } = resolutionFor({ fromMs, toMs }, this.#parts.clock.wallMs())
    const fromS = Math.floor(fromMs / 1000 / resolutionS) * resolutionS
    const toS = Math.floor(toMs / 1000)
    const stored = this.#read((file) => file.slots(tierS, { fromS, toS, resolutionS }))
    const waiting = [...this.#slots.values()].filter(
      (one) => one.tierS === tierS && one.atS >= fromS && one.atS <= toS,
    )
    const marks = [...this.#read((file) => file.sidesteps(fromS)), ...this.#sidesteps]
    const recorded = [...this.#read((file) => file.recorded(fromMs)), ...this.#recorded]
    const events = withDurations(recorded.filter(({ atMs }) => atMs >= fromMs))
    return {
      from: fromMs,
      to: toMs,
      resolution_s: resolutionS,
      wans: foldWans([...stored, ...waiting], resolutionS),
      events: events.filter(({ at }) => Date.parse(at) <= toMs).slice(-maxAnsweredEvents),
      sidesteps: marksOf(marks, { fromS, toS, resolutionS }),
    }
  }

  /** @param month as `2026-11`, in this machine's time zone */
  month(month: string): MonthReport {
    const waiting = [...this.#slots.values()]
    return monthReport({
      month,
      nowMs: this.#parts.clock.wallMs(),
      recorded: [...this.#read((file) => file.recorded(0)), ...this.#recorded],
      slots: (tierS, range) => [
        ...this.#read((file) => file.slots(tierS, { ...range, resolutionS: tierS })),
        ...waiting.filter((slot) => slot.tierS === tierS),
      ],
    })
  }

  /** Writes what waits; if it can't now, that goes on waiting. */
  flush(): void {
    if (this.#slots.size === 0 && this.#recorded.length === 0) return
    if (this.#file?.settling === true) return
    const [recorded, sidesteps] = [this.#recorded, this.#sidesteps]
    const batch = { slots: [...this.#slots.values()], recorded, sidesteps }
    const done = this.#attempt((file) => {
      try {
        file.write(batch)
      } catch (error) {
        if (!isFull(error) || !file.isFull()) throw error
        file.makeRoom()
        file.write(batch)
      }
      return true
    })
    if (done !== true) return
    this.#slots = new Map()
    this.#recorded = []
    this.#sidesteps = new Map()
    if (this.#complaint !== null) this.#parts.log.info('the history is written again')
    this.#complaint = null
    this.#tidy()
  }

  /** Resolves when the file rests. */
  get settled(): Promise<void> {
    return this.#settled
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#cancelFlush()
    await this.#settled
    this.flush()
    this.#file?.close()
    this.#file = null
  }

  #now(): number {
    const nowMs = this.#parts.clock.wallMs()
    const backS = Math.round((this.#latestMs - nowMs) / 1000)
    if (backS > clockSlackS) {
      this.#parts.log.warn(`the clock went back by ${backS} s; the history goes on from there`)
    }
    this.#latestMs = nowMs
    return nowMs
  }

  #flushLater(): void {
    const { clock } = this.#parts
    this.#cancelFlush = clock.wake(clock.nowMs() + flushEveryMs, () => {
      this.#flushLater()
      this.flush()
    })
  }

  /**
   * At the start the clock may be wrong until the network sets it (a Raspberry Pi has no clock of
   * its own), so it keeps for an hour what seems to lie in the future.
   */
  #tidy(): void {
    const { clock, log } = this.#parts
    if (clock.nowMs() < this.#tidyAtMs) return
    this.#tidyAtMs = clock.nowMs() + tidyEveryMs
    const nowMs = clock.wallMs()
    const untilMs = this.#trusting ? null : nowMs + clockSlackS * 1000
    this.#trusting = false
    const ahead = this.#attempt((file) => file.forget({ nowMs, untilMs })) ?? 0
    const file = this.#file
    if (file !== null) {
      this.#settled = file.settle().catch((error: unknown) => void this.#complain(error))
    }
    if (ahead > 0) {
      log.warn(`the clock was ahead: removed ${ahead} slots of history that lay in the future`)
    }
  }

  #dropOldest(): void {
    const [oldest] = this.#slots.keys()
    if (oldest !== undefined) this.#slots.delete(oldest)
  }

  #read<T>(work: (file: HistoryFile) => readonly T[]): readonly T[] {
    return this.#attempt(work) ?? []
  }

  /** null if it failed; then the log says why. */
  #attempt<T>(work: (file: HistoryFile) => T): T | null {
    try {
      return this.#withFile(work)
    } catch (error) {
      if (!isBroken(error)) return this.#complain(error)
      return this.#startAgain(work, error)
    }
  }

  #startAgain<T>(work: (file: HistoryFile) => T, broken: unknown): T | null {
    try {
      this.#setAside(broken)
      return this.#withFile(work)
    } catch (error) {
      return this.#complain(error)
    }
  }

  #withFile<T>(work: (file: HistoryFile) => T): T {
    this.#file ??= this.#open()
    return work(this.#file)
  }

  /** Opens it when it is first needed: the start has better things to do. */
  #open(): HistoryFile {
    const { maxBytes = maxFileBytes } = this.#parts
    if (this.#path === null) {
      return new HistoryFile(inMemory, { maxBytes: Math.min(maxBytes, maxMemoryBytes) })
    }
    return new HistoryFile(this.#path, { maxBytes })
  }

  #setAside(error: unknown): void {
    this.#file?.close()
    this.#file = null
    if (this.#path === null) return
    const broken = `${this.#path}.broken`
    for (const rest of ['-wal', '-shm']) rmSync(`${this.#path}${rest}`, { force: true })
    if (existsSync(this.#path)) renameSync(this.#path, broken)
    this.#parts.log.warn(
      `the history starts again empty, ${this.#path} is now ${broken}: ${messageOf(error)}`,
    )
  }

  #complain(error: unknown): null {
    const reason = messageOf(error)
    if (reason === this.#complaint) return null
    this.#complaint = reason
    this.#parts.log.warn(`can't write the history: ${reason}; the newest part stays in memory`)
    return null
  }
}

function foldWans(
  stored: readonly StoredSlot[],
  resolutionS: number,
): Readonly<Record<string, WanHistory>> {
  const wans = new Map<string, Map<number, Slot>>()
  for (const { wan, atS, slot } of stored) {
    const slots = wans.get(wan) ?? new Map<number, Slot>()
    wans.set(wan, slots)
    const at = Math.floor(atS / resolutionS) * resolutionS
    const before = slots.get(at)
    slots.set(at, before === undefined ? slot : addSlots(before, slot))
  }
  return Object.fromEntries([...wans].map(([wan, slots]) => [wan, columnsOf(slots, resolutionS)]))
}

/** SQLite's primary result codes, sqlite.org/rescode.html; the higher bytes extend them. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null
  return Number(error.errcode) & 0xff
}

function isFull(error: unknown): boolean {
  return resultCode(error) === 13
}

/** Corrupt, no database at all, or not ours. */
function isBroken(error: unknown): boolean {
  const code = resultCode(error)
  return code === 11 || code === 26 || error instanceof ForeignFile
}

const fileName = 'history.db'
/** To lose less on a power cut would wear out an SD card sooner. */
const flushEveryMs = 60_000
const tidyEveryMs = 3_600_000
const clockSlackS = 120
/** With a journal of 4 MB it stays below 100 MB. */
const maxFileBytes = 94_000_000
/** Two WANs need 3 MB. */
const maxMemoryBytes = 4_000_000
/** Some hours of a disk that is full. */
const maxWaitingSlots = 5_000
const maxWaitingEvents = 1_000
const maxAnsweredEvents = 1_000
