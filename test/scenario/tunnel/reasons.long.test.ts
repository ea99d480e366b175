/** A tunnel in which nobody answers: the user hears why, the house goes on without it, and it comes back. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InternetNames } from '../../lab/host/internet-names.ts'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import { MachineLag } from '../../machine-lag.ts'

const lag = new MachineLag()
/** Within this time there is a reason. */
const reasonMs = 10_000
const options = { default_policy: { use: ['home_ip', 'primary', 'secondary'] } }
const skip = skipWithout('wg', 'wireguard-go', tunDevice)

describe('a tunnel without an answer has a reason within 10 s', { skip }, () => {
  test('a wrong key: the server answers a ping, but there is no handshake', async () => {
    await using house = await TunnelHouse.open({ options })
    const secret = (await house.lab.host.run('wg', 'genkey')).trim()
    await house.startWith({ private_key: secret })
    const line = await house.daemon.waitForLine(/its public key is/, { deadlineMs: 40_000 })
    // It tries one line after the other.
    const expected =
      /203\.0\.113\.1:51820 answers a ping by (primary|secondary), but .* no handshake with it: key\?/
    await reason(house, { expected, sinceMs: monotonicMs() })
    await house.server.admit(line.split('its public key is ')[1] ?? '')
    await isBack(house)
  })

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

interface Expected {
  readonly expected: RegExp
  readonly sinceMs: number
}

/** In the state and in the log; and the lines carry what the tunnel did. */
async function reason(house: TunnelHouse, { expected, sinceMs }: Expected): Promise<void> {
  const deadlineMs = 40_000
  const { problems, tunnels } = await house.mqtt
    .waitForState((now) => now.problems.some((one) => expected.test(one)), {
      deadlineMs,
      what: String(expected),
    })
    .catch((error) => {
      throw new Error(house.daemon.lines.join('\n'), { cause: error })
    })
  const atMs = monotonicMs()
  const mostMs = reasonMs + lag.allowanceMs(sinceMs, atMs)
  assert.ok(atMs - sinceMs <= mostMs, `${Math.round(atMs - sinceMs)} ms: ${problems.join('; ')}`)
  assert.match(tunnels?.['home_ip']?.reason ?? '', expected)
  await house.daemon.waitForLine(expected, { deadlineMs })
  await house.mqtt.waitForState(({ active }) => active === 'primary', {
    deadlineMs,
    what: 'a line in place of the tunnel',
  })
}

async function isBack(house: TunnelHouse): Promise<void> {
  const isWell = ({ active, problems }: { active: string | null; problems: readonly string[] }) =>
    active === 'home_ip' && problems.length === 0
  let last = ''
  const fits = (state: Parameters<typeof isWell>[0]) => {
    last = JSON.stringify(state)
    return isWell(state)
  }
  await house.mqtt
    .waitForState(fits, { deadlineMs: 90_000, what: 'the tunnel in use again' })
    .catch((error) => {
      throw new Error(`${house.daemon.lines.join('\n')}\n${last}`, { cause: error })
    })
}
