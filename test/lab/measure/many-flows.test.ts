import '../enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitFor } from '../../wait-for.ts'
import { skipWithout } from '../host/requirements.ts'
import { Lab } from '../lab.ts'
import { ManyFlows } from './many-flows.ts'
import { monotonicMs } from './monotonic.ts'

const skip = skipWithout('ip', 'nft', 'nsenter', 'unshare')

test('a silence, a reset and a move are told apart', { skip }, async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  await lab.host.script('for f in /proc/sys/net/ipv4/conf/*/send_redirects; do echo 0 >$f; done')
  const flows = await ManyFlows.start(lab.client(1), { tcp: 5, udp: 4 })
  const startMs = monotonicMs()

  const begin = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await assert.rejects(waitFor(() => flows.silences.length > 0, { deadlineMs: 400, what: '' }))
  const end = await lab.repair(1)
  const silence = await waitFor(() => flows.silences.at(-1), { what: 'a silence' })
  assert.ok(silence.toMs - silence.fromMs >= end.beforeMs - begin.afterMs - 50)
  const calmMs = monotonicMs()
  assert.equal(flows.endedBetween(startMs, calmMs), 0)
  assert.equal(flows.movedBetween(startMs, calmMs), 0)

  const { gateway } = lab.wan(2)
  await lab.host.ip([`route replace default via ${gateway} dev eth0 proto dhcp metric 100`])
  const moved = () => flows.movedBetween(calmMs, monotonicMs()) === 4
  await waitFor(moved, { what: 'all UDP flows by the other WAN' })

  await lab.client(1).nft(`table ip cut { chain out { type filter hook output priority 0;
    tcp dport 7000 reject with tcp reset; }; }`)
  const ended = () => flows.endedBetween(calmMs, monotonicMs()) >= 5
  await waitFor(ended, { what: 'all connections reset' })
  await flows.stop()
})
