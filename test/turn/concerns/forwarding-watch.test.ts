import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ForwardingState } from '../../../src/model/host.ts'
import { ForwardingWatch } from '../../../src/turn/concerns/forwarding-watch.ts'
import { exampleForwarding } from '../../examples/example-capabilities.ts'
import { exampleDecided } from '../../examples/example-decided.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

const off = exampleForwarding({ ipForward: false })
const on = exampleForwarding({ ipForward: true })

function watching() {
  const log = new RecordedLog()
  const concern = new ForwardingWatch(log)
  const seenAt = (nowMs: number) => ({ nowMs, wallMs: 0, uplinks: [], inUse: new Set<string>() })
  return {
    ...{ log, concern },
    find: (forwarding: ForwardingState, nowMs = 0) =>
      concern.take({ kind: 'forwarding', forwarding }, seenAt(nowMs)),
    sign: (kind: 'firewall' | 'routing', nowMs: number) =>
      concern.take({ kind: 'sign', sign: { kind } }, seenAt(nowMs)),
    looksAt: (nowMs: number) => concern.afterwards(exampleDecided({ nowMs })).length > 0,
  }
}

test('what keeps devices from getting through is a problem until it is mended', () => {
  const { find, concern, log } = watching()
  assert.equal(find(off), true)
  assert.match(concern.problems()[0] ?? '', /^forwarding is off/)
  assert.equal(find(off), false)
  assert.equal(log.matching(/^warn: forwarding is off/).length, 1)
  assert.equal(find(on), true)
  assert.deepEqual(concern.problems(), [])
  assert.equal(log.matching(/^info: devices .* get through again/).length, 1)
  find(on)
  assert.equal(log.matching(/get through again/).length, 1)
})

test('it looks again each minute, and each ten seconds while something is wrong', () => {
  const { find, looksAt, concern } = watching()
  find(on)
  assert.ok(!looksAt(59_999))
  assert.ok(looksAt(60_000))
  find(off, 60_100)
  assert.equal(concern.wakeAtMs(), 70_100)
  assert.ok(looksAt(70_100))
  assert.ok(!looksAt(70_200))
})

test('a firewall that changes is looked at a second later, once for all its changes', () => {
  const { find, sign, looksAt } = watching()
  find(on)
  for (const nowMs of [1_000, 1_100, 1_900]) sign('firewall', nowMs)
  sign('routing', 1_950)
  assert.ok(!looksAt(1_999))
  assert.ok(looksAt(2_000))
  assert.ok(!looksAt(3_000))
})
