/**
 * Before any verdict: what begins in a silence goes by the other line, what runs stays where it is,
 * and nobody is told.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { House } from '../../lab/house/house.ts'
import { EchoStream } from '../../lab/measure/echo-stream.ts'
import { FreshConnections } from '../../lab/measure/fresh-connections.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { planLab, target6 } from '../../lab/network/plan.ts'
import { assertNoneBy, testHiccupIn } from './test-hiccup-in.ts'

const skip = skipWithout('ip', 'nft', 'nsenter', 'unshare', tunDevice)
const topology = 'one-subnet'

/** A silence of seconds is no verdict: so there is time for what goes on in it, on a busy machine too. */
const patient = { probe: { timeout: 10 }, failback: { delay: 2 } }

const hiccupMs = 2_000
const hiccup = { wan: 1, kind: 'hiccup', lastsMs: hiccupMs } as const
const silence = { wan: 1, kind: 'upstream-silent' } as const
const soon = { deadlineMs: 8_000 } as const

testHiccupIn('one subnet, translated', { topology, options: { ...patient, nat: 'always' } })
testHiccupIn('one subnet, immediate failback', {
  topology,
  options: { ...patient, failback: { delay: 2, mode: 'immediate' } },
})
testHiccupIn('two interfaces', { topology: 'two-interfaces', options: patient })

test('a policy that may use no other line stays, while the others step aside', {
  skip,
}, async () => {
  const from = [planLab(topology, false).clients[0].address]
  const policies = [{ name: 'work', from, use: ['primary'] }]
  await using house = await House.open({ topology, options: { ...patient, policies } })
  const { lab } = house
  const [bound, free] = [
    await FreshConnections.start(lab.client(1)),
    await FreshConnections.start(lab.client(2)),
  ]
  const { beforeMs, afterMs } = await lab.fault(silence)
  await free.waitForWan(2, { afterMs: beforeMs, ...soon })
  const back = await lab.repair(1)
  await bound.waitForWan(1, { afterMs: back.afterMs, ...soon })
  assertNoneBy(bound, 2, afterMs, monotonicMs())
  await bound.stop()
  await free.stop()
})

test('over IPv6 too', { skip }, async () => {
  await using house = await House.open({ topology: 'two-interfaces', ipv6: true, options: patient })
  const { lab, mqtt } = house
  const running = await EchoStream.start(lab.client(1), { target: target6 })
  const fresh = await EchoStream.start(lab.client(2), { target: target6, newFlows: true })
  const told = mqtt.events.length
  const { beforeMs, afterMs } = await lab.fault(hiccup)
  await fresh.waitForWan(2, { afterMs: beforeMs, ...soon })
  await fresh.waitForWan(1, { afterMs: afterMs + hiccupMs, ...soon })
  await running.waitForWan(1, { afterMs: afterMs + hiccupMs, ...soon })
  assert.deepEqual(
    running.samples().filter(({ answer }) => answer?.wan === 2),
    [],
  )
  assert.deepEqual(mqtt.events.slice(told), [])
  await running.stop()
  await fresh.stop()
})
