import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { emptyBook, type MeterBook } from '../../../src/decision/metered-months.ts'
import { Metering } from '../../../src/turn/concerns/metering.ts'
import { exampleDecided } from '../../examples/example-decided.ts'
import { exampleSettings, exampleWan } from '../../examples/example-settings.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

const dayMs = 86_400_000
const inUse = new Set(['secondary'])
const noonMs = new Date('2026-11-21T12:00:00').getTime()

/** A metered secondary with a cap of 10 MB, on the 21st at noon, and everything that a restart keeps. */
class Surroundings {
  readonly log = new RecordedLog()
  book: MeterBook = emptyBook
  nowMs = 0
  /** What our nft table's counters say; empty where the table isn't there. */
  counters: ReadonlyMap<string, number> = new Map()
  readonly settings = exampleSettings({
    wans: [exampleWan(0), exampleWan(1, { metered: true, capMb: 10, billingDay: 25 })],
  })

  begin(): Metering {
    const metering = new Metering({ settings: this.settings, book: this.book, log: this.log })
    assert.deepEqual(metering.start(), [{ kind: 'read_counters' }])
    this.#read(metering)
    return metering
  }

  /** The counters say so many MB from now on, and are read. */
  says(metering: Metering, sent: number, received: number): boolean {
    const counters = { 'sent.secondary': sent, 'received.secondary': received }
    this.counters = new Map(Object.entries(counters).map(([k, mb]) => [k, mb * 1_000_000]))
    return this.#read(metering)
  }

  readsNothing(metering: Metering): void {
    metering.take({ kind: 'counters', counters: null }, this.#now)
  }

  end(metering: Metering): void {
    assert.deepEqual(metering.stop(), [{ kind: 'read_counters' }])
    this.#read(metering)
    for (const errand of metering.stop()) if (errand.kind === 'save_book') this.book = errand.book
    assert.deepEqual(metering.stop(), [])
  }

  get #now() {
    return { nowMs: this.nowMs, wallMs: noonMs + this.nowMs }
  }

  /** As a turn does it: what is to be saved is saved. */
  #read(metering: Metering): boolean {
    const changed = metering.take({ kind: 'counters', counters: this.counters }, this.#now)
    for (const errand of metering.afterwards(exampleDecided(this.#now))) {
      if (errand.kind === 'save_book') this.book = errand.book
    }
    return changed
  }
}

const monthMb = (metering: Metering): number =>
  (metering.figures().metered.wans.get('secondary')?.monthBytes ?? Number.NaN) / 1_000_000

describe('a cap', () => {
  test('is reported at 80 %, holds at 100 %, each logged once', () => {
    const house = new Surroundings()
    const meter = house.begin()
    assert.equal(house.says(meter, 3, 4.9), false)
    assert.deepEqual(meter.problems(), [])
    assert.equal(house.says(meter, 3, 5), false)
    assert.deepEqual(meter.problems(), ['secondary has used 80 % of its cap of 10 MB'])
    assert.deepEqual([...meter.capped], [])
    assert.equal(house.says(meter, 4, 6), true)
    assert.deepEqual([...meter.capped], ['secondary'])
    house.says(meter, 4, 6.5)
    assert.equal(house.log.matching(/80 %/).length, 1)
    assert.equal(house.log.matching(/only policies with over_cap use it/).length, 1)
  })

  test('is lifted when the month turns, and the new one counts from 0', () => {
    const house = new Surroundings()
    const meter = house.begin()
    house.says(meter, 5, 6)
    house.nowMs = 3 * dayMs
    assert.equal(house.says(meter, 5, 6), false)
    house.nowMs = 4 * dayMs
    assert.equal(house.says(meter, 5, 7), true)
    assert.deepEqual([...meter.capped], [])
    assert.equal(monthMb(meter), 1)
    assert.deepEqual(meter.problems(), [])
    assert.deepEqual(house.log.matching(/billing month/), [
      'info: a new billing month of secondary has begun; the last one had 11.0 MB; its cap is lifted',
    ])
    const limit = { limitBytes: 10_000_000, usedBytes: 1_000_000 }
    assert.deepEqual(meter.wishes().metering.caps, [
      { wan: 'secondary', month: '2026-11-25', ...limit },
    ])
  })
})

describe('a restart', () => {
  test('goes on where the daemon was killed and its table stands', () => {
    const house = new Surroundings()
    house.says(house.begin(), 1, 2)
    const next = house.begin()
    assert.equal(monthMb(next), 3)
    house.says(next, 1, 4)
    assert.equal(monthMb(next), 5)
  })

  test('goes on where the table was taken away, however fast the new counters grow', () => {
    const house = new Surroundings()
    const meter = house.begin()
    house.says(meter, 1, 2)
    house.end(meter)
    house.counters = new Map()
    const next = house.begin()
    assert.equal(monthMb(next), 3)
    house.says(next, 4, 2)
    assert.equal(monthMb(next), 9)
  })

  test('knows at once that the cap is reached', () => {
    const house = new Surroundings()
    house.says(house.begin(), 10, 0)
    assert.deepEqual([...house.begin().capped], ['secondary'])
  })
})

describe('a reading', () => {
  test('wants a reading every minute, and every 10 s while the WAN is in use', () => {
    const house = new Surroundings()
    const meter = house.begin()
    assert.equal(meter.wakeAtMs(), 60_000)
    assert.deepEqual(meter.afterwards(exampleDecided({ inUse })), [])
    assert.equal(meter.wakeAtMs(), 10_000)
    const due = meter.afterwards(exampleDecided({ inUse, nowMs: 10_000 }))
    assert.deepEqual(due, [{ kind: 'read_counters' }])
    assert.equal(meter.wakeAtMs(), Number.POSITIVE_INFINITY, 'the reading is under way')
  })

  test('that can not be had is a problem, and loses nothing', () => {
    const house = new Surroundings()
    const meter = house.begin()
    house.says(meter, 1, 2)
    house.readsNothing(meter)
    assert.deepEqual(meter.problems(), ["can't count the bytes of secondary at the moment"])
    house.says(meter, 2, 2)
    assert.equal(monthMb(meter), 4)
    assert.deepEqual(meter.problems(), [])
  })

  test('is saved a minute after the last time, and at the end', () => {
    const house = new Surroundings()
    const meter = house.begin()
    const saved = () => house.book.counters['sent.secondary']
    house.nowMs = 59_000
    house.says(meter, 1, 0)
    assert.equal(saved(), undefined)
    house.nowMs = 60_000
    house.says(meter, 2, 0)
    assert.equal(saved(), 2_000_000)
    house.says(meter, 3, 0)
    assert.equal(saved(), 2_000_000)
    house.end(meter)
    assert.equal(saved(), 3_000_000)
  })
})

test('without a metered WAN nothing is read, asked for or saved', () => {
  const metering = new Metering({
    settings: exampleSettings(),
    book: emptyBook,
    log: new RecordedLog(),
  })
  assert.deepEqual(metering.start(), [])
  const reading = { kind: 'counters', counters: new Map([['sent.secondary', 1]]) } as const
  assert.equal(metering.take(reading, { nowMs: 0, wallMs: noonMs }), false)
  assert.deepEqual(metering.afterwards(exampleDecided({ inUse })), [])
  assert.equal(metering.wakeAtMs(), Number.POSITIVE_INFINITY)
  assert.deepEqual(metering.stop(), [])
})
