import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import {
  askedFromOutside,
  servicePort as port,
  serve,
} from '../../lab/measure/service-from-outside.ts'

const answering = `
  require('node:net')
    .createServer((socket) => socket.on('error', () => undefined).end('hello'))
    .listen(${port}, () => console.log('ready'))
`

for (const topology of ['two-interfaces', 'one-subnet', 'lan-and-stick'] as const) {
  describe(`what begins outside, ${topology}`, () => {
    test('is answered by the WAN where it came in, whichever is in use', async () => {
      await using house = await House.open({ topology })
      await using _service = await serve()
      const { lab, mqtt } = house
      for (const wan of [1, 2] as const) await lab.forwardPort(wan, port)
      const both = async () => [await askedFromOutside(lab, 1), await askedFromOutside(lab, 2)]
      assert.deepEqual(await both(), ['hello', 'hello'])
      await mqtt.publish('mode/set', 'secondary')
      await mqtt.waitForState(({ active }) => active === 'secondary', {
        deadlineMs: 5_000,
        what: 'the secondary to be used',
      })
      assert.deepEqual(await both(), ['hello', 'hello'])
    })

    test('is let in by `inbound: established` only where the inside has asked for it', async () => {
      await using house = await House.open({ topology, wans: [{}, { inbound: 'established' }] })
      await using _service = await serve()
      const { lab, mqtt } = house
      for (const wan of [1, 2] as const) await lab.forwardPort(wan, port)
      assert.deepEqual(
        [await askedFromOutside(lab, 1), await askedFromOutside(lab, 2)],
        ['hello', 'silence'],
      )
      assert.equal(mqtt.state()?.wans['secondary']?.state, 'up')
      const stream = await lab.client(1).startStream()
      await lab.fault({ wan: 1, kind: 'upstream-silent' })
      const moved = await stream.waitForWan(2, { afterMs: 0, deadlineMs: 20_000 })
      await stream.waitForWan(2, { afterMs: moved.sentMs + 300, deadlineMs: 5_000 })
      await stream.stop()
      // Who says no answers the inside's own packet.
      await lab.internet.nft(`table ip refusing { chain c {
        type filter hook input priority 0;
        ip daddr 198.51.100.1 reject with icmp type host-unreachable;
      }; }`)
      const said = await lab.host.run('sh', '-c', 'ping -c 1 -W 1 198.51.100.1; true')
      assert.match(said, /Destination Host Unreachable/)
    })
  })
}

test('a port forward to a device is answered by the WAN where it came in', async () => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { lab } = house
  const client = lab.client(1)
  await lab.host.nft(`table ip users_own {
    chain forwards {
      type nat hook prerouting priority dstnat;
      iifname { "wan1", "wan2" } tcp dport ${port} dnat to 192.168.0.100
    }
  }`)
  const server = client.spawn(process.execPath, ['--eval', answering], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(server.stdout as NodeJS.ReadableStream, 'data')
  for (const wan of [1, 2] as const) await lab.forwardPort(wan, port)
  try {
    for (const wan of [1, 2, 2, 1] as const) {
      assert.equal(await askedFromOutside(lab, wan), 'hello', `by WAN ${wan}`)
    }
  } finally {
    server.kill()
  }
})
