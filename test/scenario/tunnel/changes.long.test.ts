/**
 * A tunnel's line is changed on purpose, and its server dies and comes back.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import { ManyFlows } from '../../lab/measure/many-flows.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'

const flips = 20

describe('a tunnel', { skip: skipWithout('wg', 'wireguard-go', tunDevice) }, () => {
  test(`carries 100 connections through ${flips} changes of its line`, async () => {
    await using house = await TunnelHouse.open()
    const { lab, mqtt } = house
    const fromMs = monotonicMs()
    const flows = await ManyFlows.start(lab.client(1), { tcp: 100, udp: 1 })
    for (let flip = 0; flip < flips; flip += 1) {
      const [name, wan] = flip % 2 === 0 ? (['secondary', 2] as const) : (['primary', 1] as const)
      await mqtt.publish('mode/set', name)
      await house.waitForLine(wan)
    }
    assert.equal(flows.endedBetween(fromMs, monotonicMs()), 0)
    await flows.stop()
  })

  test('is left when its server dies, with a reason, and used again when that is back', async () => {
    await using house = await TunnelHouse.open({
      options: { default_policy: { use: ['home_ip', 'primary', 'secondary'] } },
    })
    const { mqtt, server } = house
    await mqtt.waitForState(({ active }) => active === 'home_ip', {
      deadlineMs: 60_000,
      what: 'the tunnel in use',
    })
    await server.die()
    await mqtt.waitForState(({ active }) => active === 'primary', {
      deadlineMs: 30_000,
      what: 'a line in place of the tunnel',
    })
    const state = await mqtt.waitForState(
      ({ problems }) => problems.some((problem) => /home_ip: .*203\.0\.113\.1:51820/.test(problem)),
      { deadlineMs: 30_000, what: 'the reason' },
    )
    assert.equal(state.wans['home_ip']?.state, 'down')
    await server.start()
    await mqtt.waitForState(({ active }) => active === 'home_ip', {
      deadlineMs: 90_000,
      what: 'the tunnel in use again',
    })
    const { problems } = await mqtt.waitForState((now) => now.wans['home_ip']?.state === 'up', {
      deadlineMs: 5_000,
      what: 'all is well',
    })
    assert.deepEqual(problems, [])
  })

  test('finds its server by name, by the line that carries it, and check says what it knows', async () => {
    await using house = await TunnelHouse.open({ endpoint: 'vpn.example.org:51820' })
    const { lab, folder, server } = house
    const shown = await lab.host.run('wg', 'show', 'wf-home_ip', 'endpoints')
    assert.ok(shown.includes(`${server.address}:51820`), shown)
    const { out } = await folder.command('check')
    const key = (await lab.host.run('wg', 'show', 'wf-home_ip', 'public-key')).trim()
    assert.ok(out.includes(`home_ip: has the public key ${key}`), out)
    assert.match(out, /TUNNEL home_ip: .* by primary, last handshake at 20/)
    assert.match(out, /TUNNEL home_ip: vpn\.example\.org by secondary: 203\.0\.113\.1/)
    const { out: explained } = await folder.command('explain', '--from', '192.168.0.100')
    assert.match(explained, /^now: home_ip, .*; primary carries home_ip$/m)
    assert.match(explained, /^if primary were down: home_ip, .*; secondary carries home_ip$/m)
  })
})
