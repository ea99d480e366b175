import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../src/daemon/clock.ts'
import { EventQueue } from '../../src/daemon/event-queue.ts'
import type { DaemonEvent } from '../../src/model/event.ts'

function stoppedClock(): Clock & { fire(): void } {
  let waiting: (() => void) | null = null
  return {
    nowMs: () => 0,
    wallMs: () => 0,
    wake(_atMs, callback) {
      waiting = callback
      return () => {
        waiting = null
      }
    },
    fire: () => waiting?.(),
  }
}

const stop: DaemonEvent = { kind: 'stop' }
const probe = (id: number): DaemonEvent => ({
  kind: 'probe',
  result: { id, wan: 0, outcome: { kind: 'answered', rttMs: 1 } },
})

test('events come out in the order they went in, all at once', async () => {
  const queue = new EventQueue(stoppedClock())
  for (const id of [1, 2, 3]) queue.push(probe(id))
  assert.deepEqual(await queue.take(100), [probe(1), probe(2), probe(3)])
})

test('an empty queue waits for the first event', async () => {
  const queue = new EventQueue(stoppedClock())
  const taken = queue.take(Number.POSITIVE_INFINITY)
  queue.push(stop)
  assert.deepEqual(await taken, [stop])
})

test('an empty queue gives nothing once its time has come', async () => {
  const clock = stoppedClock()
  const queue = new EventQueue(clock)
  const taken = queue.take(50)
  clock.fire()
  assert.deepEqual(await taken, [])
})

test('a loop that can not follow loses the oldest events, never its memory', async () => {
  const queue = new EventQueue(stoppedClock())
  for (let i = 0; i < 10_000; i++) queue.push(probe(i))
  const left = await queue.take(0)
  assert.equal(left.length, 4096)
  assert.deepEqual([left.at(0), left.at(-1)], [probe(10_000 - 4096), probe(9_999)])
})
