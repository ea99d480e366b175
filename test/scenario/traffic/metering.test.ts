import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleDecision } from '../../examples/example-decision.ts'
import { House } from '../../lab/house/house.ts'
import { PlannedHouse } from '../../lab/house/planned-house.ts'
import { InternetBytes } from '../../lab/measure/internet-bytes.ts'
import { pings } from './test-cap-of-kernel-in.ts'

const packetBytes = 1_428

/** The daemon reads its counters every 10 s while the WAN is in use, and publishes as often. */
const readingMs = 40_000

test('at the cap only those with over_cap go on, who may go elsewhere does', async () => {
  await using house = await House.open({
    topology: 'lan-and-stick',
    wans: [{}, { metered: true, cap_mb: 2 }],
    options: {
      policies: [
        { name: 'work', from: ['192.168.0.100'], use: ['secondary', 'primary'], over_cap: true },
        { name: 'kids', from: ['192.168.0.150'], use: ['secondary', 'primary'] },
      ],
    },
  })
  const { lab, mqtt, daemon } = house
  assert.equal(await pings(lab.client(2), 600), 600)
  await daemon.waitForLine(/secondary has used 8\d % of its cap of 2 MB/, {
    deadlineMs: readingMs,
  })
  const before = await pings(lab.client(2), 300)
  assert.ok(before < 200, `${before} answers came by the capped WAN, the kernel did not hold it`)
  const state = await mqtt.waitForState(({ policies }) => policies['kids']?.wan === 'primary', {
    deadlineMs: readingMs,
    what: 'kids to leave the capped WAN',
  })
  assert.match(state.policies['kids']?.reason ?? '', /cap of secondary/)
  assert.equal(state.policies['work']?.wan, 'secondary')
  assert.ok(state.problems.some((problem) => problem.includes('only policies with over_cap')))
  assert.equal(state.wans['secondary']?.cap_bytes, 2_000_000)

  const bill = await InternetBytes.count(lab)
  assert.equal(await pings(lab.client(1), 50), 50)
  assert.equal(await pings(lab.client(2), 50), 50)
  const carried = await bill.of(2)
  assert.ok(
    carried < 110 * packetBytes && carried >= 100 * packetBytes,
    `${carried} bytes by WAN 2`,
  )
  assert.equal(mqtt.state()?.wans['secondary']?.state, 'up', 'its probes go on')
})

test('what this machine sends by a policy of its own is counted and capped, whatever the default', async () => {
  await using house = await PlannedHouse.open({
    topology: 'two-interfaces',
    wans: [{}, { metered: true, cap_mb: 100 }],
    options: { policies: [{ name: 'mine', from: ['host'], use: ['secondary'] }] },
  })
  const decision = exampleDecision({ mine: 'secondary', default: 'primary' })
  const cap = { wan: 'secondary', month: '2026-11-01', limitBytes: 20 * packetBytes, usedBytes: 0 }
  await house.apply({ decision, metering: { caps: [cap] } })
  assert.equal(await pings(house.lab.host, 5), 5)
  const counters = await house.kernel.counters()
  assert.equal(counters?.get('sent.secondary.mine'), 5 * packetBytes)
  const more = await pings(house.lab.host, 40)
  assert.ok(more < 10, `${more} came through a cap of ten there and back`)
})
