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
import { waitFor } from '../../wait-for.ts'
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

  test('leaves nothing on the host when it is stopped, but the key', async () => {
    await using house = await TunnelHouse.open({ ownKey: true })
    const { lab } = house
    const clean = async () =>
      lab.host.script('ip -o link | cut -d: -f2; ip rule; ip route show table all; nft list tables')
    assert.match(await clean(), /wf-home_ip/)
    assert.equal(await house.daemon.stop(), 0)
    await waitFor(async () => !/wf-|proto 201|wan_failover/.test(await clean()), {
      deadlineMs: 5_000,
      what: 'a clean host',
    })
    assert.match(house.daemon.lines.join('\n'), /the host is as it was before/)
    const left = await lab.host.script(
      `ls /run/wireguard; stat -c '%a %n' ${house.folder.path}/tunnels/*`,
    )
    assert.match(left, /^600 .*home_ip\.key$/m)
    assert.doesNotMatch(left, /wf-home_ip\.sock/)
  })
})
