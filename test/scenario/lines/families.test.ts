import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import type { Moment } from '../../lab/lab.ts'
import type { EchoSample, EchoStream } from '../../lab/measure/echo-stream.ts'
import { target6 } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'

const deadlineMs = 20_000

test('IPv6 that is dead while IPv4 lives moves alone, and comes back alone', async () => {
  const options = { probe: { methods: ['icmp'] } }
  await using house = await House.open({ topology: 'two-interfaces', ipv6: true, options })
  const { lab, mqtt, daemon } = house
  await mqtt.waitForState(
    ({ wans }) => Object.values(wans).every((wan) => wan.ipv6?.state === 'up'),
    {
      deadlineMs,
      what: 'IPv6 of both WANs is up',
    },
  )
  const [ipv4, ipv6] = await Promise.all([
    lab.client(1).startStream(),
    lab.client(1).startStream({ target: target6, newFlows: true }),
  ])
  const fault = await lab.fault({ wan: 1, kind: 'ipv6-silent' })
  const moved = await ipv6.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs })
  assert.match(moved.answer.address, /^2001:db8:2:/)
  const { wans, active, policies, problems } = await mqtt.waitForState(
    (state) => state.wans['primary']?.ipv6?.state === 'down',
    { deadlineMs, what: 'IPv6 of the primary to be shown as down' },
  )
  assert.equal(wans['primary']?.state, 'up')
  assert.equal(wans['secondary']?.ipv6?.state, 'up')
  assert.equal(active, 'primary')
  assert.equal(policies['default']?.wan6, 'secondary')
  assert.match(problems.join('\n'), /IPv6 of primary is down: no reply from 2606:/)
  const repair = await lab.repair(1)
  const back = await ipv6.waitForWan(1, { afterMs: repair.beforeMs, deadlineMs })
  // Five rounds answered in a row, and the hold-down of two seconds.
  assert.ok(back.sentMs - repair.beforeMs > 2_000, `back after ${back.sentMs - repair.beforeMs} ms`)
  const log = () => daemon.lines.join('\n')
  await waitFor(() => /failback of IPv6 from secondary to primary: /.test(log()), {
    what: 'the failback to be logged',
  })
  assert.match(log(), /failover of IPv6 from primary to secondary: primary is down: /)
  assert.match(log(), /IPv6 of primary is up again: /)
  assert.deepEqual(
    mqtt.events.filter(({ event_type }) => event_type !== 'wan_up'),
    [],
  )
  assert.deepEqual(await strayed(ipv4, [fault, repair], back.sentMs), [])
  await Promise.all([ipv4.stop(), ipv6.stop()])
})

test('IPv4 that is dead while IPv6 lives moves alone', async () => {
  await using house = await House.open({ topology: 'two-interfaces', ipv6: true })
  const { lab, mqtt } = house
  const ipv6 = await lab.client(1).startStream({ target: target6 })
  const fault = await lab.fault({ wan: 1, kind: 'ipv4-silent' })
  const { seenMs } = await mqtt.waitForEvent('failover', { afterMs: fault.beforeMs, deadlineMs })
  const { policies } = await mqtt.waitForState(({ active }) => active === 'secondary', {
    deadlineMs,
    what: 'IPv4 to go by the secondary',
  })
  assert.equal(policies['default']?.wan6, 'primary')
  const when = await strayed(ipv6, [fault], seenMs + 1_000)
  assert.deepEqual(when, [], 'ms before a second after the failover, and the WAN')
  await ipv6.stop()
})

test('a house whose lines have no IPv6 is asked nothing over it, and hears nothing of it', async () => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { lab, mqtt, daemon } = house
  const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await mqtt.waitForEvent('failover', { afterMs: fault.beforeMs, deadlineMs })
  const state = await mqtt.waitForState(({ active }) => active === 'secondary', {
    deadlineMs,
    what: 'the secondary to be used',
  })
  assert.deepEqual(
    Object.values(state.wans).map(({ ipv6 }) => ipv6),
    [null, null],
  )
  assert.doesNotMatch(daemon.lines.join('\n'), /IPv6/)
})

/** Packets sent before `toMs` that did not go by WAN 1: `[ms before toMs, the WAN]`. */
async function strayed(stream: EchoStream, changes: readonly Moment[], toMs: number) {
  // Answers come in order: who has a later one has all before it, however busy the machine is.
  await stream.waitForAnswer({ afterMs: toMs, deadlineMs })
  // What is under way while the lab changes its own rules may get lost in it.
  const isInTheMaking = ({ sentMs, answer }: EchoSample) =>
    answer === null &&
    changes.some(({ beforeMs, afterMs }) => sentMs > beforeMs - 50 && sentMs < afterMs + 50)
  return stream
    .between(0, toMs)
    .filter((sample) => sample.answer?.wan !== 1 && !isInTheMaking(sample))
    .map(({ sentMs, answer }) => [Math.round(toMs - sentMs), answer?.wan])
}
