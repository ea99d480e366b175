/** A tunnel over two lines, with real WireGuard: what runs inside goes on by whichever line lives. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { houseAddress } from '../../lab/host/tunnel-server.ts'
import { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import { MachineLag } from '../../machine-lag.ts'
import { waitFor } from '../../wait-for.ts'

const lag = new MachineLag()
/** A verdict on a line of 20 ms takes about this long; a suspicion, which is enough here, half. */
const detectionMs = 700
/** What a change of the line may cost beyond. */
const changeMs = 150

describe('a tunnel over two lines', { skip: skipWithout('wg', 'wireguard-go', tunDevice) }, () => {
  for (const topology of ['two-interfaces', 'one-subnet'] as const) {
    test(`goes on by the other line when one falls silent, and comes back: ${topology}`, async (t) => {
      await using house = await TunnelHouse.open({ topology })
      const { lab, server } = house
      const stream = await lab.client(1).startStream()
      const inside = await TcpClient.start(lab.client(1), {
        target: server.address,
        kind: 'sending',
      })
      const served = await TcpClient.start(lab.client(2), {
        target: server.address,
        kind: 'receiving',
      })
      for (const round of [1, 2]) {
        const cut = await lab.fault({ wan: 1, kind: 'upstream-silent' })
        await house.waitForLine(2)
        const { atMs } = await served.waitForData({
          afterMs: cut.beforeMs + detectionMs + changeMs,
          deadlineMs: 10_000,
        })
        const mostMs = detectionMs + changeMs + lag.allowanceMs(cut.beforeMs, atMs)
        const gapMs = Math.round(stream.longestGapMs(cut.beforeMs, atMs))
        t.diagnostic(`round ${round}: silent for ${gapMs} ms, at most ${Math.round(mostMs)}`)
        assert.ok(gapMs <= mostMs, `${gapMs} ms`)
        const back = await lab.repair(1)
        await house.waitForLine(1)
        const after = monotonicMs()
        await inside.waitForData({ afterMs: after, deadlineMs: 10_000 })
        const backMs = Math.round(stream.longestGapMs(back.beforeMs, monotonicMs()))
        t.diagnostic(`round ${round}: back with a gap of ${backMs} ms`)
      }
      assert.deepEqual([...inside.breaksAfter(0), ...served.breaksAfter(0)], [])
      const seen = stream.samples().flatMap(({ answer }) => answer?.address ?? [])
      assert.deepEqual([...new Set(seen)], [houseAddress], 'one address all the time')
    })
  }

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
