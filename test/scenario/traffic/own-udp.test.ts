import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import type { LabNode } from '../../lab/network/node.ts'
import type { WanNumber } from '../../lab/network/plan.ts'
import { assertFollow, assertStay, sockets, stop } from './own-sockets.ts'

const within = { deadlineMs: 30_000 } as const
const topology = 'two-interfaces'

const port = 8123

describe('UDP of this machine with an address for ever', () => {
  test('stays on a healthy WAN at a graceful failback, and leaves it when it dies', async () => {
    await using house = await House.open({ topology })
    const { lab } = house
    const old = await sockets(lab, 1)
    const away = await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
    await assertFollow(old, 2, away.event.seenMs)
    const young = await sockets(lab, 2)
    await mendLine(house, 1, within)
    await Promise.all([assertStay(old, 2, 4_000), assertStay(young, 2, 4_000)])
    const down = { tells: 'wan_down', ...within } as const
    const second = await breakLine(house, { wan: 2, kind: 'upstream-silent' }, down)
    await assertFollow(new Map([...old, ...young]), 1, second.event.seenMs)
    await stop(old, young)
  })
})

test('a question that comes in by a metered WAN on standby is answered by it', async () => {
  await using house = await House.open({ topology, wans: [{}, { metered: true }] })
  const { lab } = house
  const server = createSocket('udp4')
  server.on('message', (_bytes, { address, port: theirs }) => server.send('hello', theirs, address))
  server.bind(port)
  await once(server, 'listening')
  for (const wan of [1, 2] as const) await lab.forwardPort(wan, port)
  const asked = (wan: WanNumber) => askedFrom(lab.internet, lab.wan(wan).publicAddress)
  assert.deepEqual([await asked(1), await asked(2)], ['hello', 'hello'])
  server.close()
})

async function askedFrom(node: LabNode, address: string): Promise<string> {
  return (await node.run(process.execPath, '--eval', asking, address)).trim()
}

const asking = `
  const socket = require('node:dgram').createSocket('udp4')
  const say = (text) => { console.log(text); process.exit() }
  socket.on('message', (bytes) => say(String(bytes)))
  socket.send('question', ${port}, process.argv[1])
  setTimeout(() => say('silence'), 1500)
`
