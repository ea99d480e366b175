import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HealthState } from '../../../../src/model/health.ts'
import type { Snapshot } from '../../../../src/model/published/snapshot.ts'
import type { PageCommand } from '../../../../src/web/page-commands.ts'
import { answerTo, controlsView } from '../../../../src/web/ui/cards/controls-view.ts'
import { examplePair } from '../../../examples/example-snapshot.ts'
import { scenario } from '../scenario.ts'
import { noonMs, voice } from '../texts/voices.ts'

const { snapshot: well, setup } = scenario('well', noonMs)

interface Situation {
  readonly active: string
  readonly fibre: HealthState
  readonly lte?: HealthState
  readonly mode?: string
}

function situation({ active, fibre, lte = 'up', mode = 'automatic' }: Situation): Snapshot {
  const [fibreNow, lteNow] = [well.wans['fibre'], well.wans['lte']]
  assert.ok(fibreNow && lteNow)
  const wans = { fibre: { ...fibreNow, state: fibre }, lte: { ...lteNow, state: lte } }
  return { ...well, active, mode, wans }
}

test('failing back is offered only where it would change something', () => {
  const rows: [Situation, string | null][] = [
    [{ active: 'fibre', fibre: 'up' }, null],
    [{ active: 'lte', fibre: 'down' }, null],
    [{ active: 'lte', fibre: 'unknown' }, null],
    [{ active: 'lte', fibre: 'up' }, 'fibre'],
    [{ active: 'lte', fibre: 'degraded' }, null],
    [{ active: 'lte', fibre: 'degraded', lte: 'degraded' }, 'fibre'],
    [{ active: 'lte', fibre: 'up', mode: 'lte' }, null],
    [{ active: 'fibre', fibre: 'up', mode: 'lte' }, 'lte'],
  ]
  for (const [given, wanted] of rows) {
    const { failBackTo } = controlsView(situation(given), setup, noonMs)
    assert.equal(failBackTo, wanted, JSON.stringify(given))
  }
})

test('a running test counts down, and no second one can be started', () => {
  const until = new Date(noonMs + 61_000).toISOString()
  const running = { ...well, active: 'lte', test_failover: { on: true, until } }
  const view = controlsView(running, setup, noonMs)
  assert.deepEqual(
    [view.testOn, view.testLeftMs, view.testLeaves, view.usedNow],
    [true, 61_000, null, 'lte'],
  )
  assert.equal(controlsView(running, setup, noonMs + 90_000).testLeftMs, 0)
  assert.equal(controlsView(well, setup, noonMs).testLeaves, 'fibre')
  assert.deepEqual(view.modes, ['automatic', 'fibre', 'lte'])
})

const reason = 'switching the failover test on was refused: no other WAN is healthy: lte is down'
const testing = { ...well, active: 'lte', test_failover: { on: true, until: null } }
const refused = { ...well, problems: ['something else', reason] }
const { texts } = voice()
const t = texts.controls
const startTest: PageCommand = { kind: 'set_test', on: true }
const chooseLte: PageCommand = { kind: 'set_mode', mode: 'lte' }

const answers: readonly [string, PageCommand, Snapshot, Snapshot, number, string | null][] = [
  ['a test that runs', startTest, well, testing, 0, `good: ${t.done.test_on}`],
  ['no test yet', startTest, well, well, 9_000, null],
  ['no test for long', startTest, well, well, 13_000, `quiet: ${t.notDone}`],
  ['a refusal', startTest, well, refused, 0, `bad: ${reason}`],
  ['the refusal of before, at once', startTest, refused, refused, 500, null],
  ['the refusal of before, later', startTest, refused, refused, 4_000, `bad: ${reason}`],
  [
    'a test that is over',
    { kind: 'set_test', on: false },
    testing,
    well,
    0,
    `good: ${t.done.test_off}`,
  ],
  ['another mode', chooseLte, well, { ...well, mode: 'lte' }, 0, `good: ${t.done.mode}`],
  ['the same mode', chooseLte, well, well, 0, null],
  [
    'another line',
    { kind: 'fail_back' },
    { ...well, active: 'lte' },
    well,
    0,
    `good: ${t.done.failback}`,
  ],
  ['the same line', { kind: 'fail_back' }, well, well, 0, null],
]

for (const [shown, command, before, now, waitedMs, wanted] of answers) {
  test(`asked for ${JSON.stringify(command)}, ${shown} is told as ${wanted}`, () => {
    const answer = answerTo({ command, before, atMs: noonMs }, now, {
      texts,
      nowMs: noonMs + waitedMs,
    })
    assert.equal(answer && `${answer.tone}: ${answer.text}`, wanted)
  })
}

test('of a pair it says who serves, and nothing where this box is alone', () => {
  assert.equal(controlsView(well, setup, noonMs).pair, null)
  const since = new Date(noonMs - 60_000).toISOString()
  const pair = examplePair({ state: 'standby', since, resting: true })
  const view = controlsView({ ...well, pair }, setup, noonMs)
  assert.deepEqual(view.pair, {
    ...{ state: 'standby', address: '192.168.0.5', resting: true, since: noonMs - 60_000 },
  })
})

test('a rest is done once the state says so, and its end too', () => {
  const before = { ...well, pair: examplePair() }
  const asked = { command: { kind: 'set_rest', on: true }, before, atMs: noonMs } as const
  const resting = { ...well, pair: examplePair({ resting: true }) }
  assert.equal(answerTo(asked, before, { texts, nowMs: noonMs + 100 }), null)
  assert.equal(answerTo(asked, resting, { texts, nowMs: noonMs + 100 })?.text, t.done.rest_on)
  const ended = { ...asked, command: { kind: 'set_rest', on: false }, before: resting } as const
  assert.equal(answerTo(ended, before, { texts, nowMs: noonMs + 100 })?.text, t.done.rest_off)
})
