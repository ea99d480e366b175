/** What only a real request shows: ping and DNS live all the time here. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../lab/host/requirements.ts'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { waitFor } from '../../wait-for.ts'

const skip = skipWithout('ip', 'nft', 'ping', 'nsenter')
const deadlineMs = 90_000

test('dead TCP behind living pings: degraded (tcp), the client moves, and it recovers', {
  skip,
}, async (t) => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { lab, mqtt } = house
  const broken = await breakLine(house, { wan: 1, kind: 'tcp-dead' }, { deadlineMs })
  t.diagnostic(`moved after ${Math.round(broken.event.seenMs - broken.beforeMs)} ms`)
  const primary = mqtt.state()?.wans['primary']
  assert.equal(primary?.state, 'degraded')
  assert.match(primary?.reason ?? '', /no tcp connection gets through/)
  const stream = await lab.client(1).startStream()
  await stream.waitForWan(2, { afterMs: broken.beforeMs, deadlineMs: 10_000 })
  await mendLine(house, 1, { deadlineMs })
})

test('targets of its own are probed by their own WAN only', { skip }, async () => {
  const own = ['198.51.100.1', '203.0.113.1']
  await using house = await House.open({
    topology: 'two-interfaces',
    wans: [{}, { targets: own }],
    options: { probe: { targets: ['1.1.1.1', '8.8.8.8'] } },
  })
  const { lab } = house
  const watch = (wan: 1 | 2, wrong: readonly string[]) =>
    lab.gateway(wan).nft(`table inet watch {
      counter right {}
      counter wrong {}
      chain c { type filter hook prerouting priority -400; iifname != "lan" return;
        icmp type echo-request ip daddr { ${wrong.join(', ')} } counter name wrong return
        icmp type echo-request counter name right; }
    }`)
  await watch(1, own)
  await watch(2, ['1.1.1.1', '8.8.8.8'])
  const count = async (wan: 1 | 2, name: string) => {
    const text = await lab.gateway(wan).run('nft', 'list', 'counter', 'inet', 'watch', name)
    return Number(/packets (\d+)/.exec(text)?.[1])
  }
  await waitFor(async () => (await count(1, 'right')) > 10 && (await count(2, 'right')) > 10, {
    deadlineMs: 30_000,
    what: 'probes by both WANs',
  })
  assert.deepEqual([await count(1, 'wrong'), await count(2, 'wrong')], [0, 0])
  const { out } = await house.folder.command('check')
  assert.match(out, /secondary: 198\.51\.100\.1 answers in/)
  assert.match(out, /WEB {4}secondary: cp\.cloudflare\.com answers/)
  assert.doesNotMatch(out, /secondary: 1\.1\.1\.1|primary: 198\.51/)
})
