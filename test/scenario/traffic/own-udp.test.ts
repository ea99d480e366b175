import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { breakLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { LabNode } from '../../lab/network/node.ts'
import type { WanNumber } from '../../lab/network/plan.ts'
import { assertFollow, sockets, stop } from './own-sockets.ts'

const within = { deadlineMs: 30_000 } as const
const topology = 'two-interfaces'

const port = 8123

describe('UDP of this machine with an address for ever', () => {
  test('that nobody healthy could carry goes on when its line is back', async () => {
    await using house = await House.open({ topology })
    const { lab } = house
    const old = await sockets(lab, 1)
    const kind = 'upstream-silent'
    await breakLine(house, { wan: 2, kind }, { tells: 'wan_down', ...within })
    await breakLine(house, { wan: 1, kind }, { tells: 'all_down', ...within })
    await lab.repair(2)
    const isBack = { what: 'the secondary to carry all', ...within }
    await house.mqtt.waitForState(({ active }) => active === 'secondary', isBack)
    await assertFollow(old, 2, monotonicMs())
    await stop(old)
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
