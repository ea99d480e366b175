/**
 * What only a real request shows: ping and DNS live all the time here.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../lab/host/requirements.ts'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { dnsAnswer } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'

const skip = skipWithout('ip', 'nft', 'ping', 'nsenter')
const deadlineMs = 90_000

test('a captive portal: degraded (captive) with what to do, and over when it is', {
  skip,
}, async (t) => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { mqtt } = house
  const broken = await breakLine(house, { wan: 1, kind: 'captive-portal' }, { deadlineMs })
  t.diagnostic(`moved after ${Math.round(broken.event.seenMs - broken.beforeMs)} ms`)
  const primary = mqtt.state()?.wans['primary']
  assert.equal(primary?.state, 'degraded')
  assert.match(primary?.reason ?? '', /captive portal answers \(login.hotel.example\): open/)
  await mendLine(house, 1, { deadlineMs })
})

test('one web server alone that is dead, and then both for all, are no fault of a WAN', {
  skip,
}, async () => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { lab, mqtt } = house
  const second = dnsAnswer.others['cp.cloudflare.com']
  const dies = (server: string) => `ip daddr ${server} tcp dport 80 drop`
  await lab.internet.nft(`table inet web {
    counter checks {}
    chain c { type filter hook prerouting priority -320;
      iifname "wan1" ip daddr ${second} tcp dport 80 tcp flags & (syn | ack) == syn counter name checks; }
  }`)
  const checks = async () => {
    const text = await lab.internet.run('nft', 'list', 'counter', 'inet', 'web', 'checks')
    return Number(/packets (\d+)/.exec(text)?.[1])
  }
  const waitForChecks = (count: number) =>
    waitFor(async () => (await checks()) >= count, { deadlineMs, what: `check ${count}` })
  // Both servers are known by then: the check before has ended.
  await waitForChecks(2)
  await lab.internet.nft(`add rule inet web c ${dies(dnsAnswer.a)}`)
  await waitForChecks(4)
  await lab.internet.nft(`add rule inet web c ${dies(second)}`)
  await house.daemon.waitForLine(/neither .+ nor .+ answers by any WAN/, { deadlineMs })
  const told = mqtt.events.map(({ event_type }) => event_type)
  assert.deepEqual(told, [])
})
