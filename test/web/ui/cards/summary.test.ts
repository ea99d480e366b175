import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Snapshot } from '../../../../src/model/published/snapshot.ts'
import { otherProblems, summary } from '../../../../src/web/ui/cards/summary.ts'
import { type Scenario, scenario } from '../scenario.ts'
import { noonMs, voice } from '../texts/voices.ts'

function print({ snapshot, setup, events }: Scenario, changes: Partial<Snapshot> = {}): string {
  const changed = { ...snapshot, ...changes }
  const { tone, title, details } = summary({
    ...voice(),
    snapshot: changed,
    setup,
    events,
    nowMs: noonMs,
  })
  return [tone, title, ...details].join(' | ')
}

const well = scenario('well', noonMs)
const until = new Date(noonMs + 9 * 60_000).toISOString()

test('the first sentence says which line is in use, how well, and since when', () => {
  const fibre = well.snapshot.wans['fibre']
  assert.ok(fibre)
  const since = 'In use since 03:04 (8 hrs 55 mins).'
  const rows: [string, string][] = [
    [print(well), `good | Online through fibre | It is the preferred line. | ${since}`],
    [
      print(scenario('failover', noonMs)),
      'notice | Online through the backup lte | It stands in for fibre. | ' +
        'In use since 11:56 (3 mins 59 secs).',
    ],
    [
      print(scenario('all-down', noonMs)),
      'bad | No Internet on any line | Everything stays on lte until a line comes back.',
    ],
    [
      print(scenario('observing', noonMs)),
      'neutral | Observing only | It changes nothing on this machine.',
    ],
    [
      print(well, { test_failover: { on: true, until }, active: 'lte' }),
      'notice | Failover test: online through lte | The test ends by itself in 9:00.',
    ],
    [
      print(well, { mode: 'fibre' }),
      `good | Online through fibre, chosen by hand | ${since} | ` +
        'It stays in use as long as it works.',
    ],
    [
      print(well, { wans: { ...well.snapshot.wans, fibre: { ...fibre, state: 'degraded' } } }),
      `notice | Online through fibre, but it works badly | ${since}`,
    ],
    [
      print(well, { wans: { ...well.snapshot.wans, fibre: { ...fibre, state: 'unknown' } } }),
      'neutral | Checking the lines | Waiting for the first replies.',
    ],
    [
      print(well, { wans: { ...well.snapshot.wans, fibre: { ...fibre, state: 'down' } } }),
      'bad | No Internet through fibre | lte works, but your options don’t allow it.',
    ],
    [print(well, { active: null }), 'bad | No line is in use'],
  ]
  for (const [got, wanted] of rows) assert.equal(got.replaceAll('\u00a0', ' '), wanted)
})

test('a sick line is told in its own card and not a second time among the problems', () => {
  assert.deepEqual(otherProblems(scenario('failover', noonMs).snapshot), [])
  assert.deepEqual(otherProblems(scenario('three', noonMs).snapshot), [
    'a rule of priority 5270 (table 52) takes the probes of lte_stick before ours',
  ])
  assert.deepEqual(otherProblems(scenario('slip', noonMs).snapshot), [])
  assert.deepEqual(otherProblems(scenario('observing', noonMs).snapshot), [
    'the options name no WAN',
  ])
})
