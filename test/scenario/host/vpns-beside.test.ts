/** VPNs whose rules stand before ours: their own packets go on when the line dies. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'

/** What Tailscale's router sets up in kernel mode, in both families. */
const tailscaleRules = (first: number, verb = 'add') => [
  `rule ${verb} pref ${first} fwmark 0x80000/0xff0000 lookup main`,
  `rule ${verb} pref ${first + 20} fwmark 0x80000/0xff0000 lookup default`,
  `rule ${verb} pref ${first + 40} fwmark 0x80000/0xff0000 unreachable`,
  `rule ${verb} pref ${first + 60} lookup 52`,
]
const tailscaleMark = 0x80000

type Rounds = Pick<House, 'lab' | 'mqtt'>

/** Milliseconds from each failover's fault to the first answer by the other WAN. */
async function backAfterFailovers(house: Rounds, mark: number, rounds: number): Promise<number[]> {
  const stream = await house.lab.host.startStream({ mark })
  const found: number[] = []
  for (let round = 0; round < rounds; round++) {
    await stream.waitForWan(1, { afterMs: 0, deadlineMs: 5_000 })
    const fault = await breakLine(house, { wan: 1, kind: 'upstream-silent' })
    const moved = await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 10_000 })
    found.push(moved.answer.atMs - fault.afterMs)
    const mended = await mendLine(house, 1)
    await stream.waitForWan(1, { afterMs: mended.beforeMs, deadlineMs: 10_000 })
  }
  await stream.stop()
  return found
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

test('Tailscale’s own packets are back within two seconds of a failover, and home again', async (t) => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { host } = house.lab
  await host.ip(tailscaleRules(5210))
  const gaps = await backAfterFailovers(house, tailscaleMark, 5)
  t.diagnostic(`back after ${gaps.map(Math.round).join(', ')} ms, median ${median(gaps)}`)
  assert.ok(median(gaps) <= 2_000, `a median of ${median(gaps)} ms`)
  await host.ip(tailscaleRules(5210, 'del'))
})
