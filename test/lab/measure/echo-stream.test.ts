import '../enter-namespace.ts'
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { skipWithout } from '../host/requirements.ts'
import { Lab } from '../lab.ts'
import { monotonicMs } from './monotonic.ts'

const skip = skipWithout('ip', 'nft', 'nsenter')

test('a stream tells when, through which WAN, and what was lost, while the host flips', {
  skip,
}, async (context: TestContext) => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  // The host's redirects would take the client to the first gateway for good.
  await lab.host.nft(`table inet lab_test {
    chain output {
      type filter hook output priority 0;
      icmp type redirect drop
    }
  }`)
  const stream = await lab.client(1).startStream({ target: '8.8.8.8', everyMs: 5 })
  const startedMs = monotonicMs()
  assert.equal(stream.samples()[0]?.answer?.address, '100.64.1.2')

  const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await lab.host.ip(['route replace default via 192.168.0.2 dev eth0 metric 100'])
  const first = await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 3000 })
  assert.equal(first.answer.address, '100.64.2.2')
  assert.ok(first.answer.atMs >= first.sentMs && first.sentMs >= fault.beforeMs)
  assert.ok(stream.lostBetween(fault.beforeMs, first.sentMs) >= 1, 'the fault cost something')
  assert.ok(stream.longestGapMs(startedMs, monotonicMs()) >= first.answer.atMs - fault.afterMs)

  const repair = await lab.repair(1)
  await lab.host.ip(['route replace default via 192.168.0.1 dev eth0 metric 100'])
  const back = await stream.waitForWan(1, { afterMs: repair.afterMs, deadlineMs: 3000 })
  await stream.waitForWan(1, { afterMs: back.sentMs + 100, deadlineMs: 3000 })
  assert.equal(stream.lostBetween(first.sentMs, back.sentMs + 50), 0)
  context.diagnostic(`away ${(first.answer.atMs - fault.beforeMs).toFixed(1)} ms`)
  await stream.stop()
  await lab.host.run('nft', 'delete', 'table', 'inet', 'lab_test')
})

test('with new flows each packet has a source port of its own', { skip }, async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  await lab.internet.nft(`table inet observer {
    set ports {
      type inet_service
      flags dynamic
      size 65535
    }
    chain arriving {
      type filter hook prerouting priority 0;
      udp dport 7011 add @ports { udp sport }
    }
  }`)
  const stream = await lab.client(1).startStream({ target: '8.8.8.8', everyMs: 5, newFlows: true })
  const fromMs = monotonicMs()
  await stream.waitForWan(1, { afterMs: fromMs + 100, deadlineMs: 3000 })
  await stream.stop()
  const listed = await lab.internet.run('nft', 'list', 'set', 'inet', 'observer', 'ports')
  const [, elements = ''] = /elements = \{([^}]*)\}/.exec(listed) ?? []
  const answered = stream.samples().filter(({ answer }) => answer !== null)
  assert.ok(elements.split(',').length >= answered.length && answered.length > 5)
})
