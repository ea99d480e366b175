import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import { announcePrefixes } from '../../lab/network/announce-prefixes.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { ports, target6, type WanNumber } from '../../lab/network/plan.ts'
import { openHouse, waitForIpv6 } from './two-router-house.ts'

const deadlineMs = 20_000

/** Connects, and prints as whom the server has seen it. */
const asking = (localAddress: string | undefined, patienceMs = 3_000) => `
  const at = ${JSON.stringify({ host: target6, port: ports.tcpWho, localAddress })}
  const socket = require('node:net').connect(at)
  socket.setTimeout(${patienceMs}, () => { console.log('silence'); process.exit() })
  socket.on('data', (bytes) => { console.log(String(bytes)); process.exit() })
  socket.on('error', (error) => { console.log(error.code); process.exit() })
`

async function seenOf(node: LabNode, localAddress?: string): Promise<string> {
  return (await node.run(process.execPath, '--eval', asking(localAddress))).trim()
}

/** Asks at once when it is told to, and waits for as long as the kernel repeats the question. */
async function readyToAsk(node: LabNode): Promise<{ ask: () => Promise<string> }> {
  const script = `process.stdin.resume().on('end', () => { ${asking(undefined, 30_000)} })
    console.log('ready')`
  const child = node.spawn(process.execPath, ['--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const words = createInterface({ input: child.stdout as NodeJS.ReadableStream })[
    Symbol.asyncIterator
  ]()
  await words.next()
  return {
    ask: async () => {
      child.stdin?.end()
      return String((await words.next()).value)
    },
  }
}

test('of two routers in one LAN each carries its own IPv6 prefix, and takes over the other one’s', async () => {
  await using house = await openHouse()
  const { lab, mqtt } = house
  await announcePrefixes(lab)
  await waitForIpv6(house, 'primary', 'up')
  await waitForIpv6(house, 'secondary', 'up')
  const client = lab.client(1)
  const [own1 = '', own2 = ''] = lab.plan.clients[0].addresses6
  const host = (wan: WanNumber) => lab.wan(wan).hostAddress6
  const seen = async () => [await seenOf(client), await seenOf(lab.host)]
  assert.deepEqual(await seen(), [own1, host(1)])
  assert.equal(await seenOf(client, own2), host(1))
  const long = await TcpClient.start(client, { target: target6, kind: 'sending' })

  const asker = await readyToAsk(client)
  await lab.fault({ wan: 1, kind: 'ipv6-silent' })
  const begun = asker.ask()
  const { active } = await mqtt.waitForState(
    ({ policies }) => policies['default']?.wan6 === 'secondary',
    { deadlineMs, what: 'IPv6 to go by the secondary' },
  )
  assert.equal(active, 'primary')
  assert.deepEqual(await seen(), [host(2), host(2)])
  assert.equal(await seenOf(client, own2), own2)
  await long.waitForData({ afterMs: monotonicMs(), deadlineMs })
  // What was begun in the silence goes on by the other line when the kernel asks again.
  assert.equal(await begun, host(2))

  await lab.repair(1)
  await mqtt.waitForState(({ policies }) => policies['default']?.wan6 === 'primary', {
    deadlineMs,
    what: 'IPv6 to be back on the primary',
  })
  assert.deepEqual(await seen(), [own1, host(1)])
  await long.waitForData({ afterMs: monotonicMs(), deadlineMs })
  await long.stop()
})

test('before any verdict what begins takes the other line’s prefix, and what runs stays', async () => {
  // A silence of seconds is no verdict.
  await using house = await openHouse({ timeout: 10 })
  const { lab } = house
  await announcePrefixes(lab)
  await waitForIpv6(house, 'primary', 'up')
  await waitForIpv6(house, 'secondary', 'up')
  const client = lab.client(1)
  const kinds = ['sending', 'receiving'] as const
  const running = await Promise.all(
    kinds.map((kind) => TcpClient.start(client, { target: target6, kind })),
  )
  const asker = await readyToAsk(client)
  const { afterMs } = await lab.fault({ wan: 1, kind: 'ipv6-silent' })
  assert.equal(await asker.ask(), lab.wan(2).hostAddress6)
  await lab.repair(1)
  for (const one of running) {
    await one.waitForData({ afterMs: monotonicMs(), deadlineMs })
    assert.deepEqual(one.breaksAfter(afterMs), [])
    await one.stop()
  }
})
