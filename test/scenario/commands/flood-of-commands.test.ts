/** Whoever has the broker's password may send as many commands as it likes. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { CommandFlood, residentKb } from '../../lab/measure/command-flood.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { waitFor } from '../../wait-for.ts'

test('2,000 commands a second keep no client from the other line, and fill no log', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { lab, mqtt, daemon } = house
  const stream = await lab.client(1).startStream({ newFlows: true })
  const calmKb = residentKb(daemon.pid)
  const flood = await CommandFlood.begin(mqtt.port)
  await waitFor(() => flood.sent >= 6_000, { deadlineMs: 30_000, what: 'a flood of 3 s' })
  const before = { sent: flood.sent, atMs: monotonicMs() }
  const { beforeMs } = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 20_000 })
  const perSecond = (1_000 * (flood.sent - before.sent)) / (monotonicMs() - before.atMs)
  const grownKb = residentKb(daemon.pid) - calmKb
  await flood.end()
  await stream.stop()
  assert.ok(perSecond > 1_000, `only ${perSecond} commands a second`)
  assert.ok(grownKb < 20_000, `${grownKb} kB more than the ${calmKb} kB before`)
  assert.ok(daemon.lines.filter((line) => line.includes('on request')).length <= 10)
  assert.ok(daemon.lines.length < 100, daemon.lines.join('\n'))
})
