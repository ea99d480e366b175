/** The hello asks from its own ports, also where a probe held one of them when it began. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import { HelloSender } from '../../../src/kernel/tunnels/hello-sender.ts'
import { helloPort } from '../../../src/model/marks.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { waitFor } from '../../wait-for.ts'

const tunnel = 2
const line = (wan: number) => ({
  ...{ wan, link: `wan${wan}`, gateway: '10.0.0.1', address: '10.0.0.2' },
})

test('asks from each port once a second, also from one that was taken at first', async (t) => {
  execFileSync('ip', ['link', 'set', 'lo', 'up'])
  const server = await bound(0)
  const taken = await bound(helloPort(1, tunnel))
  const heard = new Map<number, number>()
  server.on('message', (_, { port }) => heard.set(port, (heard.get(port) ?? 0) + 1))
  const sender = new HelloSender({
    both: { lines: [line(0), line(1)], wan: tunnel, inside: '127.0.0.1' },
    server: { host: '127.0.0.1', port: server.address().port },
    key: { key: new Uint8Array(32), house: 7 },
    log: new RecordedLog(),
  })
  t.after(() => {
    sender.close()
    server.close()
  })
  const asks = (port: number) => () => (heard.get(port) ?? 0) > 1
  await waitFor(asks(helloPort(0, tunnel)), { deadlineMs: 10_000, what: 'the first line’s' })
  assert.deepEqual([...heard.keys()], [helloPort(0, tunnel)])
  taken.close()
  await waitFor(asks(helloPort(1, tunnel)), { deadlineMs: 10_000, what: 'the second line’s' })
})

async function bound(port: number): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind({ port, exclusive: true })
  await once(socket, 'listening')
  return socket
}
