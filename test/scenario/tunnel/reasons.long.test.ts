/**
 * A tunnel in which nobody answers: the user hears why, the house goes on without it, and it comes back.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InternetNames } from '../../lab/host/internet-names.ts'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import { isBack, reason } from './reason.ts'

const options = { default_policy: { use: ['home_ip', 'primary', 'secondary'] } }
const skip = skipWithout('wg', 'wireguard-go', tunDevice)

describe('a tunnel without an answer has a reason within 10 s', { skip }, () => {
  test('a dead WireGuard on a living machine, then a dead machine, then both back', async () => {
    await using house = await TunnelHouse.open({ options })
    const { internet } = house.lab
    const diedMs = monotonicMs()
    await house.server.die()
    const fallen = /answers a ping by primary, but its WireGuard has fallen silent/
    await reason(house, { expected: fallen, sinceMs: diedMs })
    await internet.nft(`table ip dead_machine {
      chain c {
        type filter hook prerouting priority -300
        ip daddr ${house.server.address} ip protocol { icmp, udp } drop
      }
    }`)
    const expected = /no handshake with 203\.0\.113\.1:51820, not even an answer to a ping/
    await reason(house, { expected, sinceMs: monotonicMs() })
    await internet.nft('delete table ip dead_machine')
    await house.server.start()
    await isBack(house)
  })

  test('a server that was started anew forgets its keys, and connections inside go on', async () => {
    await using house = await TunnelHouse.open()
    const { lab, server } = house
    const target = server.address
    const inside = await TcpClient.start(lab.client(1), { target, kind: 'sending' })
    await server.die()
    await server.start()
    await inside.waitForData({ afterMs: monotonicMs(), deadlineMs: 40_000 })
    assert.deepEqual(inside.breaksAfter(0), [])
  })

  test('a name that nobody knows any more, then one that means another address', async () => {
    await using house = await TunnelHouse.open({ options, endpoint: 'vpn.example.org:51820' })
    const { internet, host } = house.lab
    await using names = new InternetNames(house.lab)
    await names.mean(null)
    const leftMs = monotonicMs()
    // The old address is given up.
    await internet.nft(`table ip moved {
      chain c {
        type filter hook prerouting priority -300
        ip daddr ${house.server.address} udp dport 51820 drop
      }
    }`)
    const expected =
      /nobody knows vpn\.example\.org:51820 \(203\.0\.113\.1\) by (primary or secondary|secondary or primary)/
    await reason(house, { expected, sinceMs: leftMs })
    await names.mean('198.51.100.1')
    await isBack(house)
    assert.match(await host.run('wg', 'show', 'wf-home_ip', 'endpoints'), /198\.51\.100\.1:51820/)
  })
})
