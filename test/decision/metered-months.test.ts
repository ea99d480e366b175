import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  billingMonth,
  capState,
  emptyBook,
  type MeterBook,
  recorded,
} from '../../src/decision/metered-months.ts'

/** Noon, where this machine is. */
const at = (text: string): number => new Date(`${text}T12:00:00`).getTime()

test('a billing month begins on its day, in whatever month or year that was', () => {
  const rows: readonly (readonly [string, number, string])[] = [
    ['2026-11-21', 1, '2026-11-01'],
    ['2026-11-01', 1, '2026-11-01'],
    ['2026-11-21', 21, '2026-11-21'],
    ['2026-11-20', 21, '2026-10-21'],
    ['2026-01-05', 15, '2025-12-15'],
    ['2028-03-01', 28, '2028-02-28'],
  ]
  for (const [day, billingDay, month] of rows)
    assert.equal(billingMonth(at(day), billingDay), month)
})

test('it turns at midnight of the machine, not before', () => {
  const last = new Date('2026-11-14T23:59:59.999').getTime()
  assert.equal(billingMonth(last, 15), '2026-10-15')
  assert.equal(billingMonth(last + 1, 15), '2026-11-15')
})

const countersOf = new Map([['stick', ['sent', 'received']]])

function read(book: MeterBook, month: string, counters: Record<string, number>): MeterBook {
  const months = new Map([['stick', month]])
  return recorded(book, { counters: new Map(Object.entries(counters)), months, countersOf })
}

describe('the book', () => {
  const book = read(emptyBook, '2026-11-01', { sent: 100, received: 40 })

  test('sums up what the counters advance', () => {
    assert.deepEqual(book.months['stick'], {
      month: '2026-11-01',
      bytes: { sent: 100, received: 40 },
    })
    const later = read(book, '2026-11-01', { sent: 160, received: 40 })
    assert.deepEqual(later.months['stick']?.bytes, { sent: 160, received: 40 })
  })

  test('takes a counter that went backwards for a new one', () => {
    const later = read(book, '2026-11-01', { sent: 30, received: 50 })
    assert.deepEqual(later.months['stick']?.bytes, { sent: 130, received: 50 })
  })

  test('counts from 0 what was gone in between, however far it has come since', () => {
    const gone = read(book, '2026-11-01', {})
    const again = read(gone, '2026-11-01', { sent: 500, received: 500 })
    assert.deepEqual(again.months['stick']?.bytes, { sent: 600, received: 540 })
  })

  test('begins anew with the month, and with what came since the last reading', () => {
    const later = read(book, '2026-12-01', { sent: 107, received: 40 })
    assert.deepEqual(later.months['stick'], { month: '2026-12-01', bytes: { sent: 7 } })
  })

  test('never turns back: before it knows the time a machine lives in 1970', () => {
    const early = read(book, '1970-01-01', { sent: 5, received: 0 })
    assert.equal(early.months['stick']?.month, '2026-11-01')
    assert.equal(early.months['stick']?.bytes['sent'], 105)
  })

  test('keeps the months of WANs that are not among the options now', () => {
    const other = recorded(book, { counters: new Map(), months: new Map(), countersOf })
    assert.deepEqual(other.months, book.months)
  })
})

test('a cap is near from 80 % on and reached at 100 %; 0 is none', () => {
  const rows = [
    [799, 1_000, 'below'],
    [800, 1_000, 'near'],
    [999, 1_000, 'near'],
    [1_000, 1_000, 'reached'],
    [1_000, 0, 'below'],
  ] as const
  for (const [used, cap, state] of rows) assert.equal(capState(used, cap), state)
})
