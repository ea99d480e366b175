import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { UntimedEvent } from '../../src/decision/changes.ts'
import { describeCommand, describeEvent } from '../../src/report/phrases.ts'

const about = { from: null, to: null, wan: 'primary', reason: 'R', detect_ms: null } as const
const move = { from: 'primary', to: 'secondary', wan: 'secondary', reason: 'R' } as const

const rows: readonly (readonly [UntimedEvent, number | null, string])[] = [
  [
    { event_type: 'failover', ...move, detect_ms: 1_002 },
    4,
    'warn: failover from primary to secondary (detected in 1002 ms, switched in 4 ms): R',
  ],
  [
    { event_type: 'failover', ...move, detect_ms: null },
    null,
    'warn: failover from primary to secondary: R',
  ],
  [
    { event_type: 'failback', ...move, detect_ms: null },
    3,
    'info: failback from primary to secondary (switched in 3 ms): R',
  ],
  [{ event_type: 'wan_down', ...about }, null, 'warn: primary is down: R'],
  [{ event_type: 'wan_degraded', ...about }, null, 'warn: primary is degraded: R'],
  [{ event_type: 'wan_up', ...about }, null, 'info: primary is up again: R'],
  [{ event_type: 'all_down', ...about }, null, 'error: no Internet: R; traffic stays where it is'],
  [{ event_type: 'restored', ...about }, null, 'info: Internet is back: R'],
  [{ event_type: 'test_started', ...about }, null, 'info: failover test started: R'],
  [{ event_type: 'test_ended', ...about }, null, 'info: failover test ended: R'],
]

describe('what happened is one line', () => {
  for (const [happening, switchMs, expected] of rows) {
    test(expected, () => {
      const { level, text } = describeEvent(happening, switchMs)
      assert.equal(`${level}: ${text}`, expected)
    })
  }
})

test('commands are named as a user would', () => {
  assert.equal(describeCommand({ kind: 'set_test', on: true }), 'a failover test')
  assert.equal(describeCommand({ kind: 'set_test', on: false }), 'the end of the failover test')
  assert.equal(describeCommand({ kind: 'set_mode', mode: 'primary' }), 'the mode primary')
  assert.equal(describeCommand({ kind: 'fail_back' }), 'failing back now')
  const forPolicy = { kind: 'set_policy', policy: 'kids', wan: 'primary' } as const
  assert.equal(describeCommand(forPolicy), 'primary for the policy kids')
})
