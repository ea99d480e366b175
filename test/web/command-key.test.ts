/** A page that every user of this host can reach. */
import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { waitFor } from '../wait-for.ts'
import { ask, command } from './ask.ts'
import { key, OpenedPage } from './opened-page.ts'

const bearer = { authorization: `Bearer ${key}` }

test('everyone on this host may read, but commands need the key', async () => {
  await using opened = await OpenedPage.standalone()
  const { port } = opened
  assert.equal((await ask({ port, path: '/api/state' })).status, 200)
  for (const headers of [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: key },
    { cookie: `wan_failover=${key}` },
  ]) {
    const refused = await command(port, '/api/mode', { mode: 'secondary' }, headers)
    assert.equal(refused.status, 401)
    assert.match(
      JSON.parse(refused.body).error,
      /run 'sudo wan-failover page' and open the address/,
    )
  }
  assert.deepEqual(opened.commands, [])
  const taken = await command(port, '/api/mode', { mode: 'secondary' }, bearer)
  assert.deepEqual([taken.status, opened.commands.length], [202, 1])
})

test('a hundred wrong keys shut out nobody who has the right one', async () => {
  await using opened = await OpenedPage.standalone()
  const { port } = opened
  for (let n = 0; n < 100; n++) {
    const wrong = { authorization: `Bearer wrong-${n}` }
    assert.equal((await command(port, '/api/failback', {}, wrong)).status, 401)
  }
  assert.equal((await command(port, '/api/failback', {}, bearer)).status, 202)
})

test('a hundred slow connections do not shut the page for others', async () => {
  await using opened = await OpenedPage.standalone()
  const { port } = opened
  const slow = await Promise.all(Array.from({ length: 100 }, () => slowly(port)))
  assert.equal((await ask({ port, path: '/api/state' })).status, 200)
  assert.equal((await command(port, '/api/failback', {}, bearer)).status, 202)
  await waitFor(() => slow.filter((socket) => !socket.destroyed).length <= 64, {
    deadlineMs: 5_000,
    what: 'the oldest to be cut off',
  })
  for (const socket of slow) socket.destroy()
})

test('one who asks without end, and reads nothing, is answered a bounded number of times', async () => {
  await using opened = await OpenedPage.standalone()
  const { port } = opened
  let text = ''
  const socket = await slowly(port, '')
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1_000))
  await waitFor(() => socket.destroyed, { deadlineMs: 10_000, what: 'it to be cut off' })
  assert.ok(text.split('HTTP/1.1 200 OK').length - 1 <= 100)
  assert.equal((await ask({ port, path: '/health' })).status, 200)
})

/** A connection whose request never ends. */
async function slowly(
  port: number,
  begun = 'POST /api/failback HTTP/1.1\r\nHost: localhost\r\n',
): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  socket.resume()
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write(begun)
  return socket
}
