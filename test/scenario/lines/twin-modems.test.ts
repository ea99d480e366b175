import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import type { Lab } from '../../lab/lab.ts'
import { ShortConnections } from '../../lab/measure/short-connections.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import { target, type WanNumber } from '../../lab/network/plan.ts'

const topology = 'twin-modems'
const port = 8123
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

test('what asks through either of them is answered by it', async () => {
  await using house = await House.open({ topology })
  const { lab } = house
  const server = createServer((socket) => socket.on('error', () => undefined).end('hello\n'))
  server.listen(port, '0.0.0.0')
  await once(server, 'listening')
  for (const wan of [1, 2] as const) await lab.forwardPort(wan, port)
  assert.deepEqual([await askedBy(lab, 1), await askedBy(lab, 2)], ['hello', 'hello'])
  server.close()
})

async function askedBy(lab: Lab, wan: WanNumber): Promise<string> {
  const address = lab.wan(wan).publicAddress
  return (await lab.internet.run(process.execPath, '--eval', asking, address)).trim()
}

const asking = `
  const socket = require('node:net').connect(${port}, process.argv[1])
  socket.setTimeout(1500, () => { console.log('silence'); process.exit() })
  socket.on('data', (bytes) => { console.log(String(bytes)); process.exit() })
  socket.on('error', (error) => { console.log(error.code); process.exit() })
`
