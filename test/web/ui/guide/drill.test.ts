import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Snapshot } from '../../../../src/model/published/snapshot.ts'
import {
  canStart,
  type Drill,
  nextDrill,
  startDrill,
  stayMs,
} from '../../../../src/web/ui/guide/drill.ts'
import { policyNow, snapshot, wan } from '../scenario-parts.ts'

const wans = { fibre: wan(0, 'fibre'), lte: wan(0, 'lte') }
const on = { on: true, until: '1970-01-01T00:10:00.000Z' }

function now(used: string, changes: Partial<Snapshot> = {}): Snapshot {
  const policies = { kids: policyNow('lte', ''), default: policyNow(used, '') }
  return snapshot(0, { wans, active: used, policies, ...changes })
}

function play(steps: readonly (readonly [atMs: number, now: Snapshot])[]): Drill {
  const began = startDrill(now('fibre'), 1_000)
  return steps.reduce((drill, [atMs, seen]) => nextDrill(drill, seen, atMs), began)
}

test('each way is timed from the word to the moment when the traffic had moved', () => {
  const steps = [
    [1_100, now('fibre')],
    [1_250, now('lte', { test_failover: on })],
    [1_250 + stayMs - 1, now('lte', { test_failover: on })],
    [1_250 + stayMs, now('lte', { test_failover: on })],
    [1_290 + stayMs, now('lte', { test_failover: on })],
    [1_330 + stayMs, now('fibre')],
  ] as const
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((count) => play(steps.slice(0, count)).kind),
    ['leaving', 'away', 'away', 'returning', 'returning'],
  )
  const done = play(steps)
  assert.ok(done.kind === 'done')
  const { from, to, awayMs, backMs, moved } = done
  assert.deepEqual(
    { from, to, awayMs, backMs, moved },
    { from: 'fibre', to: 'lte', awayMs: 250, backMs: 80, moved: { default: 'lte' } },
  )
})

test('a test that the daemon ends by itself is over for the guide as well', () => {
  const drill = play([
    [1_200, now('lte', { test_failover: on })],
    [3_000, now('fibre')],
    [3_100, now('fibre')],
  ])
  assert.equal(drill.kind, 'done')
})

test('only this machine moves where only it may', () => {
  const policies = (used: string) => ({
    this_machine: policyNow(used, ''),
    default: policyNow('fibre', ''),
  })
  const before = snapshot(0, { wans, active: 'fibre', policies: policies('fibre') })
  const during = { ...before, policies: policies('lte'), test_failover: on }
  const drill = nextDrill(startDrill(before, 0), during, 90)
  assert.ok(drill.kind === 'away')
  assert.deepEqual(drill.moved, { this_machine: 'lte' })
})

test('a refusal ends it with its reason', () => {
  const text = 'switching the failover test on was refused: no other WAN is healthy: lte is down'
  const drill = play([[1_100, now('fibre', { problems: [text] })]])
  assert.deepEqual(drill, { kind: 'failed', reason: { kind: 'refused', text } })
})

test('it does not wait for ever, on either way', () => {
  assert.deepEqual(play([[16_000, now('fibre', { test_failover: on })]]), {
    kind: 'failed',
    reason: { kind: 'nothing_moved' },
  })
  const drill = play([
    [1_200, now('lte', { test_failover: on })],
    [11_200, now('lte', { test_failover: on })],
    [26_200, now('lte')],
  ])
  assert.ok(drill.kind === 'done')
  assert.equal(drill.backMs, null)
})

test('a test can begin where another line is healthy and none is running', () => {
  const down = { ...wans, lte: wan(0, 'lte', { state: 'down' }) }
  assert.equal(canStart(now('fibre')), true)
  assert.equal(canStart(now('fibre', { wans: down })), false)
  assert.equal(canStart(now('fibre', { active: null })), false)
  assert.equal(canStart(now('lte', { test_failover: on })), false)
})
