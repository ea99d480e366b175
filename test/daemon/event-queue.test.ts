import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../src/daemon/clock.ts'
import { EventQueue } from '../../src/daemon/event-queue.ts'
import type { Command } from '../../src/model/decision.ts'
import type { DaemonEvent } from '../../src/model/event.ts'

function stoppedClock(): Clock & { atMs: number; wakesAtMs: number; fire(): void } {
  let waiting: (() => void) | null = null
  const clock = {
    atMs: 0,
    wakesAtMs: Number.POSITIVE_INFINITY,
    nowMs: () => clock.atMs,
    wallMs: () => 0,
    wake(atMs: number, callback: () => void) {
      clock.wakesAtMs = atMs
      waiting = callback
      return () => {
        waiting = null
      }
    },
    fire: () => waiting?.(),
  }
  return clock
}

const stop: DaemonEvent = { kind: 'stop' }
const command = (of: Command, superseded?: number): DaemonEvent => ({
  kind: 'command',
  command: of,
  ...(superseded === undefined ? {} : { superseded }),
})
const mode = (name: string): Command => ({ kind: 'set_mode', mode: name })
const policy = (name: string, wan: string): Command => ({ kind: 'set_policy', policy: name, wan })
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

test('a loop that can not follow is told to stop all the same', async () => {
  const queue = new EventQueue(stoppedClock())
  queue.push(stop)
  for (let i = 0; i < 10_000; i++) queue.push(probe(i))
  const left = await queue.take(0)
  assert.equal(left.length, 4096)
  assert.deepEqual(left.at(0), stop)
})

test('commands come after what the lines say, in the order they were given', async () => {
  const queue = new EventQueue(stoppedClock())
  queue.push(command(mode('primary')))
  queue.push(command({ kind: 'fail_back' }))
  queue.push(probe(1))
  assert.deepEqual(await queue.take(0), [
    probe(1),
    command(mode('primary')),
    command({ kind: 'fail_back' }),
  ])
})

test('of the commands of one kind, and of one policy, the last one counts', async () => {
  const queue = new EventQueue(stoppedClock())
  queue.push(command(mode('primary')))
  queue.push(command(policy('tv', 'primary')))
  queue.push(command(policy('camera', 'primary')))
  queue.push(command(policy('tv', 'secondary')))
  queue.push(command(mode('secondary')))
  assert.deepEqual(await queue.take(0), [
    command(policy('camera', 'primary'), 2),
    command(policy('tv', 'secondary')),
    command(mode('secondary')),
  ])
})

test('a flood of commands costs no probe its place, and is counted', async () => {
  const queue = new EventQueue(stoppedClock())
  for (let i = 0; i < 100; i++) {
    queue.push(probe(i))
    for (let j = 0; j < 100; j++) queue.push(command(mode(`mode ${j}`)))
  }
  const taken = await queue.take(0)
  assert.equal(taken.length, 101)
  assert.deepEqual(taken.at(0), probe(0))
  assert.deepEqual(taken.at(-1), command(mode('mode 99'), 9_999))
})

test('a turn gets a bounded number of commands, and so does the memory', async () => {
  const queue = new EventQueue(stoppedClock())
  for (let i = 0; i < 2_000; i++) queue.push(command(policy(`policy ${i}`, 'primary')))
  const taken = await queue.take(0)
  assert.equal(taken.length, 64)
  assert.deepEqual(taken[0], command(policy('policy 976', 'primary'), 976))
})

test('after a burst commands wait for two seconds, and nothing else waits with them', async () => {
  const clock = stoppedClock()
  const queue = new EventQueue(clock)
  for (let i = 0; i < 10; i++) {
    queue.push(command(mode(`mode ${i}`)))
    assert.deepEqual(await queue.take(0), [command(mode(`mode ${i}`))])
  }
  queue.push(command(mode('late')))
  assert.deepEqual(await queue.take(0), [])
  queue.push(probe(1))
  assert.deepEqual(await queue.take(0), [probe(1)])

  const taken = queue.take(Number.POSITIVE_INFINITY)
  assert.equal(clock.wakesAtMs, 2_000)
  clock.atMs = 2_000
  clock.fire()
  assert.deepEqual(await taken, [command(mode('late'))])
})

test('a command wakes a loop that waits for anything', async () => {
  const queue = new EventQueue(stoppedClock())
  const taken = queue.take(Number.POSITIVE_INFINITY)
  queue.push(command(mode('primary')))
  assert.deepEqual(await taken, [command(mode('primary'))])
})
