import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { ShortConnections } from '../../lab/measure/short-connections.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import { target } from '../../lab/network/plan.ts'

const topology = 'twin-modems'
const within = { deadlineMs: 30_000 } as const

async function assertNoneFails(from: ShortConnections, sinceMs: number): Promise<void> {
  const answer = await from.waitForAnswer({ afterMs: sinceMs + 1_500, deadlineMs: 10_000 })
  const later = from.begunBetween(sinceMs, answer.begunMs)
  assert.ok(later.length > 20, `only ${later.length} connections were begun`)
  assert.deepEqual(
    later.filter(({ end }) => end !== null && end.error !== null),
    [],
  )
}

test('two modems with one address carry the host and its clients in turn', async () => {
  await using house = await House.open({ topology })
  const { lab, mqtt, folder } = house
  const fresh = {
    host: await ShortConnections.start(lab.host, { target }),
    client: await ShortConnections.start(lab.client(1), { target }),
  }
  const running = await TcpClient.start(lab.host, { target, kind: 'receiving' })
  const stream = await lab.client(2).startStream()

  const fault = await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
  const awayMs = fault.event.seenMs
  for (const one of Object.values(fresh)) await assertNoneFails(one, awayMs)
  const broken = await running.waitForBreak({ afterMs: fault.beforeMs, deadlineMs: 5_000 })
  await running.waitForData({ afterMs: broken.atMs, deadlineMs: 5_000 })
  await stream.waitForWan(2, { afterMs: awayMs, deadlineMs: 2_000 })
  const wans = mqtt.state()?.wans
  assert.deepEqual([wans?.['primary']?.state, wans?.['secondary']?.state], ['down', 'up'])

  const back = await mendLine(house, 1, within)
  for (const one of Object.values(fresh)) await assertNoneFails(one, back.event.seenMs)
  // The second falls silent on standby: its probes don't live on the first one's answers.
  const down = { tells: 'wan_down', ...within } as const
  const second = await breakLine(house, { wan: 2, kind: 'upstream-silent' }, down)
  assert.equal(second.event.wan, 'secondary')

  const { out } = await folder.command('check')
  assert.match(out, /HINT {3}primary and secondary have the same address, 192\.168\.8\.100: /)
  for (const one of [...Object.values(fresh), running, stream]) await one.stop()
})
