import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { tellMonthly } from '../../../src/commands/run/tell-monthly.ts'
import { exampleReport } from '../../examples/example-report.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'

const november = exampleReport()
const hourMs = 3_600_000
const dayMs = 24 * hourMs

describe('the report of the month that has ended', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wan-failover-monthly-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** From a date on; resolves with the months that were told of. */
  async function live({
    from,
    forMs,
    known = true,
  }: {
    from: Date
    forMs: number
    known?: boolean
  }) {
    const clock = new VirtualClock(from.getTime())
    const told: string[] = []
    const stop = tellMonthly({
      ...{ clock, folder, log: new RecordedLog() },
      report: (month) => ({ ...november, month, recorded_from: known ? november.from : null }),
      tell: ({ month }) => told.push(month),
    })
    await clock.advanceTo(forMs)
    stop()
    await clock.advanceTo(forMs + dayMs)
    return told
  }

  test('comes within the hour after its end, once', async () => {
    await live({ from: new Date(2026, 10, 20), forMs: hourMs })
    assert.deepEqual(await live({ from: new Date(2026, 10, 30, 23), forMs: 2 * hourMs }), [
      '2026-11',
    ])
    assert.deepEqual(await live({ from: new Date(2026, 11, 1, 3), forMs: 5 * dayMs }), [])
  })

  test('comes at the next start where the machine slept, and over the turn of a year', async () => {
    await live({ from: new Date(2026, 11, 20), forMs: hourMs })
    assert.deepEqual(await live({ from: new Date(2027, 0, 9), forMs: hourMs }), ['2026-12'])
  })

  test('does not come of a month of which there is no record', async () => {
    assert.deepEqual(await live({ from: new Date(2026, 10, 20), forMs: hourMs, known: false }), [])
  })

  test('comes again in time after a clock that was far ahead', async () => {
    await live({ from: new Date(2031, 5, 1), forMs: hourMs })
    assert.deepEqual(await live({ from: new Date(2026, 10, 30), forMs: hourMs }), [])
    assert.deepEqual(await live({ from: new Date(2026, 11, 1), forMs: hourMs }), ['2026-11'])
  })
})
