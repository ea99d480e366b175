/**
 * The history's file: an SQLite database in WAL mode. It is written seldom, in one transaction each
 * time, to spare SD cards. The daemon's loop must never wait for a disk: SQLite syncs nothing
 * itself; `settle` does in the background what `synchronous = NORMAL` would do at a checkpoint
 * (sqlite.org/wal.html, Checkpointing), with the same safety against a power cut. Everything here
 * throws SQLite's errors; `history.ts` decides what to do about them.
 */
import { open } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import type { Recorded } from './lasted.ts'
import type { SidestepSlots } from './sidestep-marks.ts'
import { longestRangeMs, type Slot, tiers } from './slots.ts'

export interface StoredSlot {
  readonly tierS: number
  readonly atS: number
  readonly wan: string
  readonly slot: Slot
}

export interface Batch {
  readonly slots: readonly StoredSlot[]
  readonly recorded: readonly Recorded[]
  readonly sidesteps: SidestepSlots
}

/** Outside of them goes: what is older than its tier keeps, and what is later than `untilMs`. */
export interface Limits {
  readonly nowMs: number
  /** What is later comes from a clock that was wrong; null: keep it. */
  readonly untilMs: number | null
}

/** The file belongs to another program, or to a version that this one doesn't know. */
export class ForeignFile extends Error {}

export class HistoryFile {
  readonly #db: DatabaseSync
  readonly #path: string
  readonly #maxPages: number
  #settling = false

  /** @param path `inMemory` ends with the process */
  constructor(path: string, { maxBytes }: { readonly maxBytes: number }) {
    this.#path = path
    this.#maxPages = Math.floor(maxBytes / pageBytes)
    this.#db = new DatabaseSync(path, { timeout: 1_000 })
    try {
      this.#db.exec(
        `PRAGMA page_size = ${pageBytes}; PRAGMA cache_size = -512; PRAGMA synchronous = OFF;
         PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON`,
      )
      this.#check()
      this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0')
      this.#db.exec('PRAGMA journal_size_limit = 1048576')
      this.#db.exec(`PRAGMA max_page_count = ${this.#maxPages}`)
      this.#db.exec(tables)
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  /** Adds to what is stored: a slot may come in parts. It writes all of it, or nothing. */
  write({ slots, recorded, sidesteps }: Batch): void {
    this.#inTransaction(() => {
      const name = this.#db.prepare('INSERT OR IGNORE INTO wan (name) VALUES (?)')
      for (const wan of new Set(slots.map((slot) => slot.wan))) name.run(wan)
      const add = this.#db.prepare(addSlot)
      for (const { tierS, atS, wan, slot } of slots) {
        const { latencies, latencySum, latencyMax, losses, lossSum, worst } = slot
        add.run(tierS, atS, latencies, latencySum, latencyMax, losses, lossSum, worst, wan)
      }
      const addMark = this.#db.prepare(addSidesteps)
      for (const [atS, count] of sidesteps) addMark.run(atS, count)
      const addEvent = this.#db.prepare('INSERT INTO event (at, body) VALUES (?, ?)')
      for (const { atMs, event } of recorded) {
        addEvent.run(Math.round(atMs), event === null ? null : JSON.stringify(event))
      }
    })
  }

  /** Slots of one tier, added up to longer ones. */
  slots(
    tierS: number,
    { fromS, toS, resolutionS }: { fromS: number; toS: number; resolutionS: number },
  ): readonly StoredSlot[] {
    const rows = this.#db.prepare(readSlots).all(resolutionS, resolutionS, tierS, fromS, toS)
    // The tables are strict: SQLite itself keeps these columns to their types.
    return (rows as unknown as readonly SlotRow[]).map(({ at, wan, ...sums }) => ({
      tierS,
      atS: at,
      wan,
      slot: {
        latencies: sums.latencies,
        latencySum: sums.latency_sum,
        latencyMax: sums.latency_max,
        losses: sums.losses,
        lossSum: sums.loss_sum,
        worst: sums.worst,
      },
    }))
  }

  /** In the order in which they were written. */
  recorded(fromMs: number): readonly Recorded[] {
    const rows = this.#db
      .prepare('SELECT at, body FROM event WHERE at >= ? ORDER BY id')
      .all(fromMs)
    return (rows as unknown as readonly EventRow[]).map(({ at, body }) => ({
      atMs: at,
      event: body === null ? null : (JSON.parse(body) as Recorded['event']),
    }))
  }

  /** Of each slot, its second and how many. */
  sidesteps(fromS: number): readonly (readonly [number, number])[] {
    const rows = this.#db.prepare('SELECT at, count FROM sidestep WHERE at >= ?').all(fromS)
    return rows.map(({ at, count }) => [Number(at), Number(count)])
  }

  /** Returns how many slots it removed that lay in the future. */
  forget({ nowMs, untilMs }: Limits): number {
    const latestMs = untilMs === null ? Number.MAX_SAFE_INTEGER : Math.round(untilMs)
    const untilS = Math.floor(latestMs / 1000)
    const nowS = Math.floor(nowMs / 1000)
    let ahead = 0
    this.#inTransaction(() => {
      for (const { slotS, keepS } of tiers) {
        this.#db.prepare('DELETE FROM slot WHERE tier = ? AND at < ?').run(slotS, nowS - keepS)
        const late = this.#db.prepare('DELETE FROM slot WHERE tier = ? AND at > ?')
        ahead += Number(late.run(slotS, untilS).changes)
      }
      const marks = this.#db.prepare('DELETE FROM sidestep WHERE at < ? OR at > ?')
      marks.run(nowS - longestRangeMs / 1000, untilS)
      const old = this.#db.prepare(
        'DELETE FROM event WHERE at < ? OR at > ? OR id <= (SELECT max(id) FROM event) - ?',
      )
      old.run(Math.round(nowMs - eventsKeptMs), latestMs, maxEvents)
    })
    return ahead
  }

  /** true if the file has reached its bound. */
  isFull(): boolean {
    const [{ page_count: pages = 0 } = {}] = this.#db.prepare('PRAGMA page_count').all()
    return Number(pages) >= this.#maxPages - 16
  }

  /** Removes the oldest tenth of everything. */
  makeRoom(): void {
    this.#inTransaction(() => {
      for (const { slotS } of tiers) {
        const first = this.#db.prepare('SELECT min(at) AS at FROM slot WHERE tier = ?').get(slotS)
        const last = this.#db.prepare('SELECT max(at) AS at FROM slot WHERE tier = ?').get(slotS)
        const [from, to] = [Number(first?.['at']), Number(last?.['at'])]
        const remove = this.#db.prepare('DELETE FROM slot WHERE tier = ? AND at <= ?')
        remove.run(slotS, Math.floor(from + (to - from) / 10))
      }
      this.#db.exec(
        'DELETE FROM event WHERE id <= (SELECT min(id) + (max(id) - min(id)) / 10 FROM event)',
      )
    })
  }

  /** true: nothing may be written now. */
  get settling(): boolean {
    return this.#settling
  }

  /** Brings the journal into the database: the journal is safe before, the database afterwards. */
  async settle(): Promise<void> {
    if (this.#settling || this.#path === inMemory) return
    this.#settling = true
    try {
      await sync(`${this.#path}-wal`)
      if (this.#db.isOpen) this.#db.exec('PRAGMA wal_checkpoint(PASSIVE)')
      await sync(this.#path)
    } finally {
      this.#settling = false
    }
  }

  /** The end may wait for the disk. */
  close(): void {
    this.#db.exec('PRAGMA synchronous = NORMAL')
    this.#db.close()
  }

  #check(): void {
    const [{ application_id: id = 0 } = {}] = this.#db.prepare('PRAGMA application_id').all()
    const [{ user_version: version = 0 } = {}] = this.#db.prepare('PRAGMA user_version').all()
    const [{ tables = 0 } = {}] = this.#db
      .prepare('SELECT count(*) AS tables FROM sqlite_schema')
      .all()
    if (Number(tables) === 0) return
    if (id !== ourApplication) throw new ForeignFile('it is a database of another program')
    if (version !== ourVersion)
      throw new ForeignFile(`it has the unknown version ${String(version)}`)
    const [{ quick_check: found = '' } = {}] = this.#db.prepare('PRAGMA quick_check(1)').all()
    if (found !== 'ok') throw new ForeignFile(`it is damaged: ${String(found).slice(0, 200)}`)
  }

  #inTransaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }
}

async function sync(path: string): Promise<void> {
  await using file = await open(path)
  await file.datasync()
}

/** SQLite's name for a database without a file. */
export const inMemory = ':memory:'

interface SlotRow {
  readonly at: number
  readonly wan: string
  readonly latencies: number
  readonly latency_sum: number
  readonly latency_max: number
  readonly losses: number
  readonly loss_sum: number
  readonly worst: number
}

interface EventRow {
  readonly at: number
  readonly body: string | null
}

const pageBytes = 4096
/** The last month's report needs them all of this one, and what began before. */
const eventsKeptMs = 93 * 86_400_000
/** A line that flaps all day has some hundreds; the page shows fewer. */
const maxEvents = 5_000
/** "WANF"; the file command's list of `application_id`s doesn't have it. */
const ourApplication = 0x57414e46
const ourVersion = 1

/** The key's order keeps what is written together, and what a chart reads, on the same pages. */
const tables = `
  BEGIN;
  CREATE TABLE IF NOT EXISTS wan (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS slot (
    tier INTEGER NOT NULL, at INTEGER NOT NULL, wan INTEGER NOT NULL,
    latencies INTEGER NOT NULL, latency_sum REAL NOT NULL, latency_max REAL NOT NULL,
    losses INTEGER NOT NULL, loss_sum REAL NOT NULL, worst INTEGER NOT NULL,
    PRIMARY KEY (tier, at, wan)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS sidestep (at INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS event_at ON event (at);
  PRAGMA application_id = ${ourApplication};
  PRAGMA user_version = ${ourVersion};
  COMMIT`

const addSlot = `
  INSERT INTO slot (tier, at, latencies, latency_sum, latency_max, losses, loss_sum, worst, wan)
  SELECT ?, ?, ?, ?, ?, ?, ?, ?, id FROM wan WHERE name = ?
  ON CONFLICT DO UPDATE SET
    latencies = latencies + excluded.latencies,
    latency_sum = latency_sum + excluded.latency_sum,
    latency_max = max(latency_max, excluded.latency_max),
    losses = losses + excluded.losses,
    loss_sum = loss_sum + excluded.loss_sum,
    worst = max(worst, excluded.worst)`

const addSidesteps = `INSERT INTO sidestep (at, count) VALUES (?, ?)
  ON CONFLICT DO UPDATE SET count = count + excluded.count`

const readSlots = `
  SELECT at / ? * ? AS at, name AS wan, sum(latencies) AS latencies,
    sum(latency_sum) AS latency_sum, max(latency_max) AS latency_max, sum(losses) AS losses,
    sum(loss_sum) AS loss_sum, max(worst) AS worst
  FROM slot JOIN wan ON wan.id = slot.wan
  WHERE tier = ? AND slot.at BETWEEN ? AND ? GROUP BY 1, slot.wan`
