import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EventType } from '../../../src/model/published/snapshot.ts'
import type { Recorded } from '../../../src/web/history/lasted.ts'
import { monthReport } from '../../../src/web/history/month-report.ts'
import { reportCsv } from '../../../src/web/history/report-csv.ts'
import { exampleEvent } from '../../examples/example-snapshot.ts'

const beginMs = new Date(2026, 10, 1).getTime()
const endMs = new Date(2026, 11, 1).getTime()

/** `12 wan_down primary`: second of November, type, WAN; `5 failover primary>secondary`; `9 start`. */
function recorded(lines: readonly string[]): Recorded[] {
  return lines.map((line) => {
    const [second, type = '', of = null] = line.split(' ')
    const [from, to] = of?.includes('>') === true ? of.split('>') : [null, null]
    const event_type = type as EventType
    const moved = { wan: from === null ? of : null, from: from ?? null, to: to ?? null }
    const event = type === 'start' ? null : { ...exampleEvent, event_type, ...moved }
    return { atMs: beginMs + Number(second) * 1000, event }
  })
}

/** Of a November in which both WANs were watched all the time. */
function november(
  lines: readonly string[],
  { nowMs = endMs + 3_600_000, watched = ['primary', 'secondary'] } = {},
) {
  return monthReport({
    month: '2026-11',
    nowMs,
    recorded: recorded(lines),
    slots: (slotS, { fromS, toS }) =>
      watched.flatMap((wan) =>
        Array.from({ length: Math.ceil((toS - fromS) / slotS) }, (_, index) => ({
          wan,
          atS: fromS + index * slotS,
        })),
      ),
  })
}

const outage = ['100 wan_down primary', '100 failover primary>secondary']
const mended = ['700 wan_up primary', '760 failback secondary>primary']

const cases: readonly {
  name: string
  lines: readonly string[]
  saved: number
  offline?: number
  down: number
}[] = [
  {
    name: 'saves what a line was down while another one carried the house',
    lines: [...outage, ...mended],
    saved: 600,
    down: 600,
  },
  {
    name: 'saves nothing by a line that nobody used',
    lines: ['100 wan_down secondary', '400 wan_up secondary'],
    saved: 0,
    down: 0,
  },
  {
    name: 'saves nothing by a test: the line that was left was never down',
    lines: ['1 test_started', '1 failover primary>secondary', '61 failback secondary>primary'],
    saved: 0,
    down: 0,
  },
  {
    name: 'saves nothing while no line works',
    lines: [...outage, '200 all_down', '500 restored secondary', ...mended],
    saved: 300,
    offline: 300,
    down: 600,
  },
  {
    name: 'goes on saving by a third line, and counts no second twice',
    lines: [...outage, '300 failover secondary>third', '300 wan_down secondary', ...mended],
    saved: 660,
    down: 600,
  },
  {
    name: 'ends an outage with a restart, and goes on with what carries',
    lines: [...outage, '400 start', '401 wan_down primary', ...mended],
    saved: 599,
    down: 599,
  },
  {
    name: 'counts what began in the month before from the first of this one',
    lines: ['-500 wan_down primary', '-500 failover primary>secondary', '60 wan_up primary'],
    saved: 60,
    down: 60,
  },
]

describe('the report of a month', () => {
  for (const { name, lines, saved, offline = 0, down } of cases) {
    test(name, () => {
      const { saved_s, offline_s, wans } = november(lines)
      assert.deepEqual([saved_s, offline_s, wans['primary']?.down_s], [saved, offline, down])
    })
  }

  test('says how much of the time that it was watched a line was there', () => {
    const days = 30
    const { wans, failovers, recorded_from } = november([...outage, ...mended])
    assert.deepEqual(wans['primary'], {
      watched_s: days * 86_400,
      down_s: 600,
      outages: 1,
      longest_s: 600,
      availability_percent: Math.round((1 - 600 / (days * 86_400)) * 1e5) / 1e3,
    })
    assert.equal(wans['secondary']?.availability_percent, 100)
    assert.equal(failovers, 1)
    assert.equal(recorded_from, new Date(beginMs).toISOString())
  })

  test('says of a line that nobody watched that it is unknown, not that it was there', () => {
    const { wans, recorded_from } = november(outage, { watched: [] })
    assert.equal(wans['primary']?.availability_percent, null)
    assert.equal(recorded_from, null)
  })

  test('ends with now while the month lasts, and with the month where an outage outlasts it', () => {
    const nowMs = beginMs + 400_000
    const lasting = november(outage, { nowMs })
    assert.equal(lasting.to, new Date(nowMs).toISOString())
    assert.deepEqual(
      lasting.outages.map(({ seconds, to, ended_by }) => [seconds, to, ended_by]),
      [[300, null, null]],
    )
    const lastSecond = 30 * 86_400 - 10
    const { outages } = november([
      `${lastSecond} wan_down primary`,
      `${lastSecond + 60} wan_up primary`,
    ])
    assert.deepEqual(
      outages.map(({ seconds, ended_by }) => [seconds, ended_by]),
      [[10, 'month']],
    )
  })

  test('is empty of a month to come', () => {
    const { outages, saved_s, from, to } = november([], { nowMs: beginMs - 1 })
    assert.deepEqual([outages, saved_s, from], [[], 0, to])
  })
})

test('the table has a row for each outage, and nothing in it that a spreadsheet reckons with', () => {
  const event = recorded(['100 wan_down primary'])[0]?.event
  assert.ok(event)
  const said = '=1+1, "says" the portal'
  const report = monthReport({
    month: '2026-11',
    nowMs: endMs,
    recorded: [{ atMs: beginMs + 100_000, event: { ...event, reason: said } }],
    slots: () => [],
  })
  const [head, row, ...rest] = reportCsv(report).split('\r\n')
  assert.equal(head, 'line,down_from,down_until,seconds,ended_by,reason')
  assert.equal(
    row,
    `primary,${new Date(beginMs + 100_000).toISOString()},,2591900,,"'=1+1, ""says"" the portal"`,
  )
  assert.deepEqual(rest, [''])
})
