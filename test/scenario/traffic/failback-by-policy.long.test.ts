import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { EchoStream } from '../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import { target } from '../../lab/network/plan.ts'
import { MachineLag } from '../../machine-lag.ts'
import { testPhoneIn } from './test-phone-in.ts'

const lag = new MachineLag()
const within = { deadlineMs: 30_000 } as const
const both = ['primary', 'secondary']

/** As a phone that keeps its registration alive. */
const registration = { everyMs: 200 } as const

const movesWithinMs = 1_500
testPhoneIn('two-interfaces')

test('where all go back at once, a policy may stay; the host is no exception', async () => {
  const work = { name: 'work', from: ['192.168.0.100'], use: both, failback: 'graceful' }
  await using house = await House.open({
    topology: 'two-interfaces',
    options: { policies: [work], failback: { delay: 2, mode: 'immediate' } },
  })
  const { lab } = house
  await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
  const staying = await TcpClient.start(lab.client(1), { target, kind: 'receiving' })
  const moving = [
    await TcpClient.start(lab.client(2), { target, kind: 'receiving' }),
    await TcpClient.start(lab.host, { target, kind: 'receiving' }),
  ]
  const tunnel = await EchoStream.start(lab.host, { ...registration, connected: true })
  const startedMs = monotonicMs()
  const { event, beforeMs } = await mendLine(house, 1, within)
  for (const client of moving) {
    const broken = await client.waitForBreak({ afterMs: beforeMs, deadlineMs: 5_000 })
    assert.equal(broken.detail, 'ECONNRESET')
  }
  const { answer } = await tunnel.waitForWan(1, { afterMs: beforeMs, deadlineMs: 10_000 })
  const mostMs = movesWithinMs + lag.allowanceMs(beforeMs, answer.atMs)
  assert.ok(answer.atMs - event.seenMs < mostMs)
  await staying.waitForData({ afterMs: event.seenMs + 6_000, deadlineMs: 10_000 })
  assert.deepEqual(staying.breaksAfter(startedMs), [])
  for (const one of [staying, ...moving, tunnel]) await one.stop()
})
