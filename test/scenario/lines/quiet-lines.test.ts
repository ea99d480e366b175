import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { waitFor } from '../../wait-for.ts'

test('a metered WAN on standby is asked rarely, one target in turn, without payload', async () => {
  await using house = await House.open({
    topology: 'two-interfaces',
    wans: [{}, { metered: true }],
    options: { probe: { targets: ['1.1.1.1', '8.8.8.8'], metered_interval: 1 } },
  })
  const { lab } = house
  await house.mqtt.waitForState(({ wans }) => typeof wans['secondary']?.public_ip === 'string', {
    deadlineMs: 20_000,
    what: 'the public address, which is asked for once',
  })
  // Who asks the gateway itself, as a trial of new options does, pays nothing for it.
  const [, { gateway }] = lab.plan.wans
  await lab.gateway(2).nft(`table inet watch {
    counter echoes {}
    counter large {}
    counter others {}
    chain c { type filter hook prerouting priority -400; iifname != "lan" return;
      ip daddr ${gateway} return;
      icmp type echo-request meta length > 28 counter name large
      icmp type echo-request counter name echoes
      meta l4proto { tcp, udp } counter name others; }
  }`)
  const count = async (name: string) => {
    const text = await lab.gateway(2).run('nft', 'list', 'counter', 'inet', 'watch', name)
    return Number(/packets (\d+)/.exec(text)?.[1])
  }
  const start = performance.now()
  await waitFor(async () => (await count('echoes')) >= 5, {
    deadlineMs: 60_000,
    what: 'five probes by the metered WAN',
  })
  assert.ok(performance.now() - start > 3_000, 'five probes take at least four intervals')
  assert.equal(await count('large'), 0)
  assert.equal(await count('others'), 0)
})
