import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HealthState } from '../../../../src/model/health.ts'
import type { Snapshot } from '../../../../src/model/published/snapshot.ts'
import {
  controlsView,
  isDone,
  isNotDone,
  refusal,
} from '../../../../src/web/ui/cards/controls-view.ts'
import { scenario } from '../scenario.ts'
import { noonMs } from '../texts/voices.ts'

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

test('a request is done when the state shows it', () => {
  const testing = { ...well, active: 'lte', test_failover: { on: true, until: null } }
  assert.ok(isDone({ kind: 'test', on: true }, well, testing))
  assert.ok(!isDone({ kind: 'test', on: true }, well, well))
  assert.ok(isDone({ kind: 'test', on: false }, testing, well))
  assert.ok(isDone({ kind: 'mode', mode: 'lte' }, well, { ...well, mode: 'lte' }))
  assert.ok(!isDone({ kind: 'mode', mode: 'lte' }, well, well))
  assert.ok(isDone({ kind: 'failback' }, { ...well, active: 'lte' }, well))
  assert.ok(!isDone({ kind: 'failback' }, well, well))
})

test('a refusal is told, an old one only after it has had time to go', () => {
  const reason = 'switching the failover test on was refused: no other WAN is healthy: lte is down'
  const refused = { ...well, problems: ['something else', reason] }
  assert.equal(refusal(well, refused, 0), reason)
  assert.equal(refusal(refused, refused, 500), null)
  assert.equal(refusal(refused, refused, 4_000), reason)
  assert.equal(refusal(well, well, 9_000), null)
  assert.deepEqual([isNotDone(11_000), isNotDone(13_000)], [false, true])
})
