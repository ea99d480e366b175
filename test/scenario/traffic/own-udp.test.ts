import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import type { Lab } from '../../lab/lab.ts'
import { EchoStream } from '../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { LabNode } from '../../lab/network/node.ts'
import type { WanNumber } from '../../lab/network/plan.ts'
import { MachineLag } from '../../machine-lag.ts'

const within = { deadlineMs: 30_000 } as const
const topology = 'two-interfaces'
/** What the issue asks of a tunnel: it keeps itself alive each second. */
const everyMs = 1_000
const followsWithinMs = 2_000
const port = 8123
const lag = new MachineLag()

/** Sockets of the host with one address for ever: given by the kernel, or asked for. */
async function sockets(lab: Lab, wan: WanNumber): Promise<ReadonlyMap<string, EchoStream>> {
  const from = lab.wan(wan).hostAddress
  return new Map([
    ['connected', await EchoStream.start(lab.host, { connected: true, everyMs })],
    ['bound', await EchoStream.start(lab.host, { from, everyMs })],
    ['bound and connected', await EchoStream.start(lab.host, { from, connected: true, everyMs })],
  ])
}

async function assertFollow(
  all: ReadonlyMap<string, EchoStream>,
  wan: WanNumber,
  toldMs: number,
): Promise<void> {
  for (const [name, stream] of all) {
    const { answer } = await stream
      .waitForWan(wan, { afterMs: toldMs - everyMs, deadlineMs: 15_000 })
      .catch((error: unknown) => {
        throw new Error(`${name}: never answered by WAN ${wan}`, { cause: error })
      })
    const laterMs = Math.round(answer.atMs - toldMs)
    const mostMs = followsWithinMs + lag.allowanceMs(toldMs, answer.atMs)
    assert.ok(laterMs < mostMs, `${name}: answered ${laterMs} ms after the move`)
  }
}

/** All that is answered from now on comes by this WAN. */
async function assertStay(
  all: ReadonlyMap<string, EchoStream>,
  wan: WanNumber,
  forMs: number,
): Promise<void> {
  const fromMs = monotonicMs()
  for (const [name, stream] of all) {
    await stream.waitForWan(wan, { afterMs: fromMs + forMs, deadlineMs: forMs + 10_000 })
    const ways = stream.between(fromMs, monotonicMs()).map(({ answer }) => answer?.wan)
    // The last may still be on its way.
    const others = ways.slice(0, -1).filter((way) => way !== wan)
    assert.deepEqual(others, [], `${name}: ${ways.join(' ')}`)
  }
}

async function stop(...all: readonly ReadonlyMap<string, EchoStream>[]): Promise<void> {
  await Promise.all(all.flatMap((one) => [...one.values()].map((stream) => stream.stop())))
}

describe('UDP of this machine with an address for ever', () => {
  test('follows a failover, and leaves a metered WAN with the failback', async () => {
    await using house = await House.open({ topology, wans: [{}, { metered: true }] })
    const { lab } = house
    const old = await sockets(lab, 1)
    const away = await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
    await assertFollow(old, 2, away.event.seenMs)
    const young = await sockets(lab, 2)
    const back = await mendLine(house, 1, within)
    await assertFollow(old, 1, back.event.seenMs)
    await assertFollow(young, 1, back.event.seenMs)
    await assertStay(young, 1, 12_000)
    await stop(old, young)
  })

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
