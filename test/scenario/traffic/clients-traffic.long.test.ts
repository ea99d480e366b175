import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { Lab } from '../../lab/lab.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { target } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'

/** Counts what reaches a gateway from the host's side, by source address. */
async function countSources(gateway: LabNode, sources: string): Promise<() => Promise<number>> {
  await gateway.nft(`table inet watch {
    counter seen {}
    chain c { type filter hook prerouting priority -400; iifname "lan" ip daddr ${target} ip saddr ${sources} counter name seen; }
  }`)
  return async () => {
    const text = await gateway.run('nft', 'list', 'counter', 'inet', 'watch', 'seen')
    return Number(/packets (\d+)/.exec(text)?.[1])
  }
}

test('without us a client is redirected to the gateway, and a flip passes it by', async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  const stream = await lab.client(1).startStream()
  const learned = await waitFor(
    async () => (await lab.client(1).run('ip', 'route', 'get', target)).includes('via 192.168.0.1'),
    { deadlineMs: 10_000, what: 'the client to follow the redirect' },
  )
  assert.ok(learned)
  await lab.host.ip([
    'rule add pref 10900 lookup 101',
    'route add default via 192.168.0.2 table 101',
  ])
  const flippedMs = monotonicMs()
  await stream.waitForWan(1, { afterMs: flippedMs + 1_000, deadlineMs: 10_000 })
  const ways = stream.between(flippedMs, flippedMs + 1_000).map(({ answer }) => answer?.wan)
  assert.ok(!ways.includes(2), 'the client should have passed the flip by')
  await stream.stop()
  await lab.host.ip(['rule del pref 10900', 'route flush table 101'])
})

test('on the LAN plus a stick no client address leaves the stick, and running flows go on', async () => {
  await using house = await House.open({
    topology: 'lan-and-stick',
    wans: [{}, { metered: true }],
  })
  const { lab } = house
  const leaked = await countSources(lab.gateway(2), '192.168.0.0/24')
  const stream = await lab.client(1).startStream()
  const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  const first = await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
  assert.equal(first.answer.address, '100.64.2.2')
  await stream.waitForWan(2, { afterMs: first.sentMs + 500, deadlineMs: 5_000 })
  assert.equal(await leaked(), 0)
  const repair = await mendLine(house, 1)
  await stream.waitForWan(1, { afterMs: repair.afterMs, deadlineMs: 5_000 })
  await stream.stop()
})

test('a flow from before the start does not leave the stick untranslated either', async () => {
  await using house = await House.open({ topology: 'lan-and-stick', waitUntilUp: false })
  const { lab } = house
  await house.daemon.stop()
  // While we are away the host would redirect the client to the gateway, past itself for minutes.
  const settings = ['all', 'eth0'].map((name) => `net.ipv4.conf.${name}.accept_redirects=0`)
  await lab.client(1).run('sysctl', '-q', '-w', ...settings)
  const leaked = await countSources(lab.gateway(2), '192.168.0.0/24')
  const stream = await lab.client(1).startStream()
  house.startAgain()
  await house.waitUntilUp()
  const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  const first = await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
  await stream.waitForWan(2, { afterMs: first.sentMs + 300, deadlineMs: 5_000 })
  await stream.stop()
  assert.equal(await leaked(), 0)
})

test('a probe never leaves by the other WAN: each gateway sees its own only', async () => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { lab } = house
  const rules = (own: string) => `table inet watch {
    counter seen {}
    chain c { type filter hook prerouting priority -400;
      iifname "lan" ip saddr != ${own} ip daddr { 1.1.1.1, 8.8.8.8, 9.9.9.9 } counter name seen; }
  }`
  await lab.gateway(1).nft(rules('10.1.0.2'))
  await lab.gateway(2).nft(rules('10.2.0.2'))
  await breakLine(house, { wan: 1, kind: 'gateway-dead' })
  await mendLine(house, 1)
  for (const wan of [1, 2] as const) {
    const seen = await lab.gateway(wan).run('nft', 'list', 'counter', 'inet', 'watch', 'seen')
    assert.match(seen, /packets 0 /, `gateway ${wan}`)
  }
})
