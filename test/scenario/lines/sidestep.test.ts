/**
 * Before any verdict: what begins in a silence goes by the other line, what runs stays where it is,
 * and nobody is told.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { breakLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { bothUp } from '../../lab/house/mqtt-house.ts'
import { EchoStream } from '../../lab/measure/echo-stream.ts'
import { FreshConnections } from '../../lab/measure/fresh-connections.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import { target } from '../../lab/network/plan.ts'
import { assertNoneBy, sidestepsOf, testHiccupIn } from './test-hiccup-in.ts'

const skip = skipWithout('ip', 'nft', 'nsenter', 'unshare', tunDevice)
const topology = 'one-subnet'

/** A silence of seconds is no verdict: so there is time for what goes on in it, on a busy machine too. */
const patient = { probe: { timeout: 10 }, failback: { delay: 2 } }

const silence = { wan: 1, kind: 'upstream-silent' } as const
const soon = { deadlineMs: 8_000 } as const
testHiccupIn('one subnet', { topology, options: patient })

test('what had no answer yet begins anew by the other line', { skip }, async () => {
  await using house = await House.open({ topology: 'two-interfaces', options: patient })
  const { lab } = house
  const { beforeMs } = await lab.fault(silence)
  const asking = await Promise.all([
    // From one port each: the first questions are lost, and still tracked.
    EchoStream.start(lab.client(1), { everyMs: 100 }),
    EchoStream.start(lab.host, { everyMs: 100, connected: true }),
  ])
  for (const stream of asking) {
    const { answer } = await stream.waitForWan(2, { afterMs: beforeMs, ...soon })
    assert.equal(answer.wan, 2)
    await stream.stop()
  }
})

test('a silence that lasts is a sidestep first, and a failover then', { skip }, async () => {
  await using house = await House.open({ topology })
  const { lab, mqtt } = house
  const running = await TcpClient.start(lab.client(1), { target, kind: 'receiving' })
  const fresh = await FreshConnections.start(lab.client(2))
  const { beforeMs, event } = await breakLine(house, silence)
  const steppedMs = await fresh.waitForWan(2, { afterMs: beforeMs, ...soon })
  assert.ok(steppedMs < event.seenMs + 100, 'new connections were there no later than the event')
  assert.deepEqual([event.from, event.to], ['primary', 'secondary'])
  assert.ok((event.detect_ms ?? 0) > 300 && event.switch_ms !== null)
  const broken = await running.waitForBreak({ afterMs: beforeMs, ...soon })
  assert.equal(broken.detail, 'ECONNRESET')
  await running.waitForData({ afterMs: broken.atMs, ...soon })
  assertNoneBy(fresh, 1, event.seenMs, monotonicMs())
  await mqtt.waitForState(({ active, suspect }) => active === 'secondary' && suspect.length === 0, {
    ...soon,
    what: 'no doubt any more',
  })
  assert.deepEqual(
    mqtt.events.filter(({ seenMs }) => seenMs > beforeMs).map(({ event_type }) => event_type),
    ['wan_down', 'failover'],
  )
  await running.stop()
  await fresh.stop()
})

for (const [sidestep, wan] of [
  ['auto', 1],
  ['always', 2],
] as const) {
  const does = wan === 2 ? 'takes' : 'does not take'
  test(`with sidestep: ${sidestep} a metered line ${does} what begins`, { skip }, async () => {
    const options = { ...patient, sidestep }
    await using house = await House.open({ topology, options, wans: [{}, { metered: true }] })
    const { lab, mqtt } = house
    const fresh = await FreshConnections.start(lab.client(2))
    const { beforeMs, afterMs } = await lab.fault(silence)
    await mqtt.waitForState(({ suspect }) => suspect.includes('primary'), {
      ...soon,
      what: 'the primary is under suspicion',
    })
    if (wan === 2) await fresh.waitForWan(2, { afterMs: beforeMs, ...soon })
    const back = await lab.repair(1)
    await fresh.waitForWan(1, { afterMs: back.afterMs, ...soon })
    await sidestepsOf(house, wan - 1)
    if (wan === 1) assertNoneBy(fresh, 2, afterMs, monotonicMs())
    await fresh.stop()
  })
}

test('a daemon that dies in a sidestep leaves a decision to adopt, and no event', {
  skip,
}, async () => {
  await using house = await House.open({ topology, options: patient })
  const { lab, mqtt, daemon } = house
  const fresh = await FreshConnections.start(lab.client(2))
  const { beforeMs } = await lab.fault(silence)
  await fresh.waitForWan(2, { afterMs: beforeMs, ...soon })
  await daemon.end('SIGKILL')
  const explained = await house.folder.command('explain', '--from', lab.plan.clients[1].address)
  assert.match(explained.out, /^now: secondary, .*new connections avoid primary/)
  const { afterMs } = await lab.repair(1)
  house.startAgain()
  await house.daemon.waitForLine(/found the rules of an earlier run: primary is in use/, soon)
  await fresh.waitForWan(1, { afterMs, ...soon })
  const startedMs = Date.now()
  await mqtt.waitForState((state) => Date.parse(state.at) > startedMs && bothUp(state), {
    deadlineMs: 20_000,
    what: 'both WANs are up anew',
  })
  const moves = mqtt.events.filter(({ event_type }) => event_type.startsWith('fail'))
  assert.deepEqual(moves, [])
  await fresh.stop()
})
