import '../../enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { skipWithout, tunDevice } from '../../host/requirements.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import { PeerHouse } from './peer-house.ts'
import { peers } from './peers.ts'

const skip = skipWithout('ip', 'nft', 'nsenter', 'ping', 'unshare', tunDevice)

function peerOf(id: string) {
  const peer = peers.find((each) => each.id === id)
  assert.ok(peer)
  return peer
}

test('who is not installed fails at once, with the command that installs it', async () => {
  const absent = { command: 'no-such-daemon', debianPackage: 'no-such-package' }
  const fromMs = monotonicMs()
  await assert.rejects(
    PeerHouse.open({ ...peerOf('keepalived-1'), needs: absent }),
    /no-such-daemon is not installed: apt install no-such-package/,
  )
  assert.ok(monotonicMs() - fromMs < 1_000)
})

test('a peer leaves a silent line, comes back, and leaves no rule behind', { skip }, async () => {
  const rules = () => execFileSync('ip', ['rule'], { encoding: 'utf8' })
  const before = rules()
  {
    await using house = await PeerHouse.open(peerOf('ping-loop'))
    const stream = await house.lab.client(1).startStream()
    const { beforeMs } = await house.lab.fault({ wan: 1, kind: 'upstream-silent' })
    await stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 10_000 })
    const mended = await house.lab.repair(1)
    await stream.waitForWan(1, { afterMs: mended.beforeMs, deadlineMs: 10_000 })
  }
  assert.equal(rules(), before)
})
