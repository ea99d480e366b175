/** A nudge by the socket of `wireguard-go`: its words, and what becomes of it where there is none. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { nudgeBySocket } from '../../../src/kernel/tunnels/nudge-by-socket.ts'

const folder = '/run/wireguard'
const nudge = {
  link: 'wf-home_ip',
  mark: 0xf3000001,
  peerKey: 'zY+8m1n0/2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I5K7M=',
  keepaliveSeconds: 15,
}
const key = Buffer.from(nudge.peerKey, 'base64').toString('hex')
const peer = `public_key=${key}\nupdate_only=true\npersistent_keepalive_interval=`

test('sets the mark, and the keepalive off and on, in one go; a refusal is none', async () => {
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder])
  assert.equal(await nudgeBySocket(nudge), false)
  let answer = 'errno=0\n\n'
  let heard = ''
  const server = createServer((socket) => {
    socket.setEncoding('utf8').on('data', (text) => {
      heard += text
      if (heard.endsWith('\n\n')) socket.end(answer)
    })
  })
  await new Promise<void>((ready) => server.listen(`${folder}/wf-home_ip.sock`, ready))
  assert.equal(await nudgeBySocket(nudge), true)
  assert.equal(heard, `set=1\nfwmark=4076863489\n${peer}0\n${peer}15\n\n`)
  answer = 'errno=-22\n\n'
  assert.equal(await nudgeBySocket(nudge), false)
  server.close()
})
