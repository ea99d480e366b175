import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EventQueue } from '../../src/daemon/event-queue.ts'
import { Meter } from '../../src/daemon/meter.ts'
import { emptyBook } from '../../src/decision/metered-months.ts'
import { exampleSettings, exampleWan } from '../examples/example-settings.ts'
import { FakeKernel } from '../fakes/fake-kernel.ts'
import { MemoryInMemory } from '../fakes/memory-in-memory.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { VirtualClock } from '../fakes/virtual-clock.ts'

const dayMs = 86_400_000
const inUse = new Set(['secondary'])

/** A metered secondary with a cap of 10 MB, on the 21st at noon, and everything that a restart keeps. */
async function surroundings() {
  const clock = new VirtualClock(new Date('2026-11-21T12:00:00').getTime())
  const kernel = new FakeKernel()
  await kernel.apply([{ kind: 'replace_nft', script: '', table: '' }])
  const log = new RecordedLog()
  const memory = new MemoryInMemory()
  const queue = new EventQueue(clock)
  const wans = [exampleWan(0), exampleWan(1, { metered: true, capMb: 10, billingDay: 25 })]
  const settings = exampleSettings({ wans })
  const begin = async (): Promise<Meter> => {
    const meter = new Meter({ settings, clock, kernel, memory, log, queue })
    await meter.start()
    return meter
  }
  /** The counters say so many MB from now on, and are read. */
  const says = (meter: Meter, sent: number, received: number): boolean => {
    const counters = { 'sent.secondary': sent, 'received.secondary': received }
    kernel.counterBytes = new Map(Object.entries(counters).map(([k, mb]) => [k, mb * 1_000_000]))
    return meter.take(kernel.counterBytes)
  }
  return { clock, kernel, log, memory, queue, settings, begin, says }
}

const monthMb = (meter: Meter): number =>
  (meter.figures().wans.get('secondary')?.monthBytes ?? Number.NaN) / 1_000_000

describe('a cap', () => {
  test('is told at 80 %, holds at 100 %, each said once in the log', async () => {
    const { log, begin, says } = await surroundings()
    const meter = await begin()
    assert.equal(says(meter, 3, 4.9), false)
    assert.deepEqual(meter.problems(), [])
    assert.equal(says(meter, 3, 5), false)
    assert.deepEqual(meter.problems(), ['secondary has used 80 % of its cap of 10 MB'])
    assert.deepEqual([...meter.capped], [])
    assert.equal(says(meter, 4, 6), true)
    assert.deepEqual([...meter.capped], ['secondary'])
    says(meter, 4, 6.5)
    assert.equal(log.matching(/80 %/).length, 1)
    assert.equal(log.matching(/only policies with over_cap use it/).length, 1)
  })

  test('is lifted when the month turns, and the new one counts from 0', async () => {
    const { clock, log, begin, says } = await surroundings()
    const meter = await begin()
    says(meter, 5, 6)
    await clock.advanceTo(3 * dayMs)
    assert.equal(says(meter, 5, 6), false)
    await clock.advanceTo(4 * dayMs)
    assert.equal(says(meter, 5, 7), true)
    assert.deepEqual([...meter.capped], [])
    assert.equal(monthMb(meter), 1)
    assert.deepEqual(meter.problems(), [])
    assert.deepEqual(log.matching(/billing month/), [
      'info: a new billing month of secondary has begun; the last one had 11.0 MB; its cap is lifted',
    ])
    const limit = { limitBytes: 10_000_000, usedBytes: 1_000_000 }
    assert.deepEqual(meter.wishes().caps, [{ wan: 'secondary', month: '2026-11-25', ...limit }])
  })
})

describe('a restart', () => {
  test('goes on where the daemon was killed and its table stands', async () => {
    const { begin, says } = await surroundings()
    says(await begin(), 1, 2)
    const next = await begin()
    assert.equal(monthMb(next), 3)
    says(next, 1, 4)
    assert.equal(monthMb(next), 5)
  })

  test('goes on where the table was taken away, however fast the new counters grow', async () => {
    const { kernel, begin, says } = await surroundings()
    const meter = await begin()
    says(meter, 1, 2)
    await meter.stop()
    await kernel.apply([{ kind: 'delete_nft' }])
    const next = await begin()
    assert.equal(monthMb(next), 3)
    await kernel.apply([{ kind: 'replace_nft', script: '', table: '' }])
    says(next, 4, 2)
    assert.equal(monthMb(next), 9)
  })

  test('knows at once that the cap is reached', async () => {
    const { begin, says } = await surroundings()
    says(await begin(), 10, 0)
    assert.deepEqual([...(await begin()).capped], ['secondary'])
  })
})

describe('a reading', () => {
  test('is asked for every minute, and every 10 s while the WAN is in use, as an event', async () => {
    const { clock, kernel, queue, begin } = await surroundings()
    const meter = await begin()
    kernel.counterBytes = new Map([['sent.secondary', 7]])
    meter.tend(clock.nowMs(), new Set())
    assert.equal(meter.wakeAtMs, 60_000)
    meter.tend(clock.nowMs(), inUse)
    assert.equal(meter.wakeAtMs, 10_000)
    await clock.advanceTo(10_000)
    meter.tend(clock.nowMs(), inUse)
    assert.equal(meter.wakeAtMs, Number.POSITIVE_INFINITY)
    assert.deepEqual(await queue.take(Number.POSITIVE_INFINITY), [
      { kind: 'counters', counters: kernel.counterBytes },
    ])
  })

  test('that can not be had is a problem, and loses nothing', async () => {
    const { begin, says } = await surroundings()
    const meter = await begin()
    says(meter, 1, 2)
    meter.take(null)
    assert.deepEqual(meter.problems(), ["can't count the bytes of secondary at the moment"])
    says(meter, 2, 2)
    assert.equal(monthMb(meter), 4)
    assert.deepEqual(meter.problems(), [])
  })

  test('is saved a minute after the last time, and at the end', async () => {
    const { clock, memory, begin, says } = await surroundings()
    const meter = await begin()
    const saved = () => memory.book.counters['sent.secondary']
    await clock.advanceTo(59_000)
    says(meter, 1, 0)
    assert.equal(saved(), undefined)
    await clock.advanceTo(60_000)
    says(meter, 2, 0)
    assert.equal(saved(), 2_000_000)
    says(meter, 3, 0)
    assert.equal(saved(), 2_000_000)
    await meter.stop()
    assert.equal(saved(), 3_000_000)
  })
})

test('without a metered WAN nothing is read, asked for or saved', async () => {
  const { clock, kernel, log, memory, queue } = await surroundings()
  kernel.counters = () => assert.fail('the kernel was asked')
  const meter = new Meter({ settings: exampleSettings(), clock, kernel, memory, log, queue })
  await meter.start()
  meter.tend(clock.nowMs(), new Set(['primary']))
  assert.equal(meter.wakeAtMs, Number.POSITIVE_INFINITY)
  await meter.stop()
  assert.equal(memory.book, emptyBook)
})
