/** A tunnel over two lines, with real WireGuard: what runs inside goes on by whichever line lives. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import { testSilentLineIn } from './test-silent-line-in.ts'

describe('a tunnel over two lines', { skip: skipWithout('wg', 'wireguard-go', tunDevice) }, () => {
  testSilentLineIn('two-interfaces')

  test('never rides on main’s default, nor by a line that it may not use', async () => {
    await using house = await TunnelHouse.open({ over: ['primary'] })
    const { lab, server } = house
    await lab.fault({ wan: 1, kind: 'upstream-silent' })
    await house.mqtt.waitForState(({ wans }) => wans['home_ip']?.state === 'down', {
      deadlineMs: 20_000,
      what: 'the tunnel is down',
    })
    await house.mqtt.waitForState(({ wans }) => wans['secondary']?.state === 'up', {
      deadlineMs: 20_000,
      what: 'the other line is up',
    })
    assert.equal(await server.seenFrom(), lab.wan(1).publicAddress)
    await lab.host.ip([`link set ${lab.wan(1).interface} down`])
    const asked = lab.host.script(
      `ip route get 203.0.113.1 mark 0xf3000000 || echo refused; ip route get 203.0.113.1`,
    )
    assert.match(await asked, /refused/)
    const went = house.daemon.lines.filter((line) => /secondary carries home_ip/.test(line))
    assert.deepEqual(went, [])
  })
})
