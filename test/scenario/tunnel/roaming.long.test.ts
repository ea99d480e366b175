/**
 * A tunnel over two lines, with real WireGuard: what runs inside goes on by whichever line lives.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import { testSilentLineIn } from './test-silent-line-in.ts'

describe('a tunnel over two lines', { skip: skipWithout('wg', 'wireguard-go', tunDevice) }, () => {
  testSilentLineIn('one-subnet')

  test('keeps its line and its connections while the daemon is dead, and is adopted', async () => {
    await using house = await TunnelHouse.open()
    const { lab, server } = house
    const inside = await TcpClient.start(lab.client(1), { target: server.address, kind: 'sending' })
    await house.daemon.end('SIGKILL')
    const before = await lab.host.run('wg', 'show', 'wf-home_ip', 'latest-handshakes')
    const dead = monotonicMs()
    await inside.waitForData({ afterMs: dead + 500, deadlineMs: 5_000 })
    house.startAgain()
    await house.daemon.waitForLine(/home_ip is set up/, { deadlineMs: 30_000 })
    await house.waitUntilUp()
    assert.equal(await lab.host.run('wg', 'show', 'wf-home_ip', 'latest-handshakes'), before)
    await inside.waitForData({ afterMs: monotonicMs(), deadlineMs: 5_000 })
    assert.deepEqual(inside.breaksAfter(0), [])
  })
})
