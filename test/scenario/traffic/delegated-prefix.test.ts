import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { target6 } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'

const port = 9000
const serving = `
  require('node:net')
    .createServer((socket) => socket.on('error', () => undefined).end(socket.remoteAddress))
    .listen(${port}, () => console.log('ready'))
`
const asking = `
  const socket = require('node:net').connect(${port}, '${target6}')
  socket.setTimeout(3000, () => { console.log('silence'); process.exit() })
  socket.on('data', (bytes) => { console.log(String(bytes)); process.exit() })
  socket.on('error', (error) => { console.log(error.code); process.exit() })
`

test('a client keeps its address on the WAN that delegated its prefix, and on no other', async () => {
  await using house = await House.open({ topology: 'two-interfaces', ipv6: true })
  const { lab, mqtt } = house
  const own = '2001:db8:1:100::150'
  const network = '2001:db8:1:100::/56'
  await lab.internet.ip([`route add ${network} via 2001:db8:101::2`])
  await lab.gateway(1).ip([`route add ${network} via ${lab.wan(1).hostAddress6} dev lan`])
  await lab.host.ip([`address add 2001:db8:1:100::1/64 dev ${lab.plan.lan.interface} nodad`])
  await lab
    .client(1)
    .ip([
      `address add ${own}/64 dev eth0 nodad`,
      `route add ${target6}/128 via fe80::3 dev eth0 src ${own}`,
    ])
  const server = lab.internet.spawn(process.execPath, ['--eval', serving], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(server.stdout as NodeJS.ReadableStream, 'data')
  const seen = async () => (await lab.client(1).run(process.execPath, '--eval', asking)).trim()
  try {
    await waitFor(async () => (await seen()) === own, { what: 'its own address to be seen' })
    await mqtt.publish('mode/set', 'secondary')
    await mqtt.waitForState(({ active }) => active === 'secondary', {
      deadlineMs: 5_000,
      what: 'the secondary to be used',
    })
    assert.equal(await seen(), lab.wan(2).hostAddress6)
  } finally {
    server.kill()
  }
})
