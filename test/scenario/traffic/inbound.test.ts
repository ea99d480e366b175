import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { askedFromOutside, servicePort as port } from '../../lab/measure/service-from-outside.ts'
import { testInboundIn } from './test-inbound-in.ts'

const answering = `
  require('node:net')
    .createServer((socket) => socket.on('error', () => undefined).end('hello'))
    .listen(${port}, () => console.log('ready'))
`

testInboundIn('two-interfaces')

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
