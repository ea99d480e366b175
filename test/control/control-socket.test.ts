import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { createConnection } from 'node:net'
import { test } from 'node:test'
import { askControlSocket, holdControlSocket } from '../../src/control/control-socket.ts'
import { exampleSnapshot } from '../examples/example-snapshot.ts'

const nothing = { turning: false, snapshot: null }

test('whoever asks is told the snapshot, and a second holder is refused', async () => {
  assert.deepEqual(await askControlSocket(), {
    kind: 'silent',
    reason: 'no WAN Failover runs in this network',
  })
  const snapshot = exampleSnapshot()
  const holding = await holdControlSocket(() => ({ turning: true, snapshot }))
  assert.equal(holding.kind, 'held')
  assert.deepEqual(await askControlSocket(), { kind: 'answered', turning: true, snapshot })
  const second = await holdControlSocket(() => nothing)
  assert.match(second.kind === 'refused' ? second.reason : '', /another WAN Failover already runs/)
  if (holding.kind === 'held') await holding.release()
  assert.equal((await askControlSocket()).kind, 'silent')
})

test('before the first snapshot it tells none, and whether the loop turns all the same', async () => {
  const holding = await holdControlSocket(() => nothing)
  assert.deepEqual(await askControlSocket(), { kind: 'answered', ...nothing })
  if (holding.kind === 'held') await holding.release()
})

test('somebody who connects and hangs keeps it from nothing, not from its release either', async () => {
  const holding = await holdControlSocket(() => ({ turning: true, snapshot: exampleSnapshot() }))
  const idle = createConnection({ path: '\0wan_failover', allowHalfOpen: true })
  await new Promise((resolve) => idle.once('connect', resolve))
  assert.equal((await askControlSocket()).kind, 'answered')
  if (holding.kind === 'held') await holding.release()
  idle.destroy()
})
