import assert from 'node:assert/strict'
import { test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { EchoStream } from '../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import type { Topology } from '../../lab/network/plan.ts'
import { ports, target } from '../../lab/network/plan.ts'
import { MachineLag } from '../../machine-lag.ts'

const lag = new MachineLag()
const within = { deadlineMs: 30_000 } as const
const both = ['primary', 'secondary']

/** As a phone that keeps its registration alive. */
const registration = { everyMs: 200 } as const

const movesWithinMs = 1_500

export function testPhoneIn(topology: Topology): void {
  test(`a phone goes back at once, a download stays, ${topology}`, async () => {
    const phone = { name: 'phone', from: ['192.168.0.150'], use: both, failback: 'immediate' }
    const from = { from: ['host'], protocol: 'udp', ports: [`${ports.udpEcho}`] }
    const exchange = { name: 'exchange', ...from, use: both, failback: 'immediate' }
    const policies = [phone, exchange]
    await using house = await House.open({ topology, options: { policies } })
    const { lab } = house
    await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
    const moving = {
      phone: await EchoStream.start(lab.client(2), registration),
      exchange: await EchoStream.start(lab.host, { ...registration, connected: true }),
    }
    const staying = await EchoStream.start(lab.client(1), registration)
    const call = await TcpClient.start(lab.client(2), { target, kind: 'receiving' })
    const downloads = [
      await TcpClient.start(lab.client(1), { target, kind: 'receiving' }),
      await TcpClient.start(lab.host, { target, kind: 'receiving' }),
    ]
    const startedMs = monotonicMs()

    const { event, beforeMs } = await mendLine(house, 1, within)
    const toldMs = event.seenMs
    for (const [name, stream] of Object.entries(moving)) {
      const { answer } = await stream.waitForWan(1, { afterMs: beforeMs, deadlineMs: 10_000 })
      const laterMs = Math.round(answer.atMs - toldMs)
      const mostMs = movesWithinMs + lag.allowanceMs(beforeMs, answer.atMs)
      assert.ok(laterMs < mostMs, `${name}: moved ${laterMs} ms after the failback`)
    }
    const broken = await call.waitForBreak({ afterMs: beforeMs, deadlineMs: 3_000 })
    assert.equal(broken.detail, 'ECONNRESET')
    // Beyond all three passes of a cut.
    await staying.waitForWan(2, { afterMs: toldMs + 6_000, deadlineMs: 10_000 })
    const ways = staying.between(toldMs, toldMs + 6_000).map(({ answer }) => answer?.wan)
    assert.deepEqual([...new Set(ways)], [2])
    for (const download of downloads) {
      await download.waitForData({ afterMs: toldMs + 6_000, deadlineMs: 10_000 })
      assert.deepEqual(download.breaksAfter(startedMs), [])
    }
    for (const one of [...Object.values(moving), staying, call, ...downloads]) await one.stop()
  })
}
