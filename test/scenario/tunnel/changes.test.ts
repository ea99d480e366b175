/** A tunnel's line is changed on purpose, and its server dies and comes back. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { MachineLag } from '../../machine-lag.ts'

const lag = new MachineLag()

/** What a failover test may cost. */
const switchMs = 100

describe('a tunnel', { skip: skipWithout('wg', 'wireguard-go', tunDevice) }, () => {
  test('moves with a failover test, and what runs inside hardly notices', async (t) => {
    await using house = await TunnelHouse.open()
    const { lab, mqtt } = house
    const stream = await lab.client(1).startStream()
    const gaps: number[] = []
    for (const [word, wan] of [
      ['ON', 2],
      ['OFF', 1],
    ] as const) {
      const fromMs = monotonicMs()
      await mqtt.publish('test_failover/set', word)
      await house.waitForLine(wan)
      await stream.waitForWan(1, { afterMs: monotonicMs(), deadlineMs: 5_000 })
      const toMs = monotonicMs()
      const gapMs = Math.round(stream.longestGapMs(fromMs, toMs))
      gaps.push(gapMs - lag.allowanceMs(fromMs, toMs))
      t.diagnostic(`test ${word}: a gap of ${gapMs} ms`)
    }
    assert.ok(Math.max(...gaps) <= switchMs, gaps.join(', '))
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
