import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NamesHouse, routersAnswer } from '../../lab/house/names-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { NameStream } from '../../lab/measure/name-stream.ts'
import { dnsAnswer } from '../../lab/network/plan.ts'

for (const topology of ['one-subnet', 'two-interfaces'] as const) {
  test(`names of the host and of a client outlive the line of the only resolver, ${topology}`, async () => {
    await using names = await NamesHouse.open({ topology })
    const { resolver } = names
    const { mqtt } = names.house
    const fault = await names.break()
    await names.answeredAfter(fault.event.seenMs)
    await mqtt.waitForState(({ resolvers }) => resolvers[resolver]?.rescued === true, {
      deadlineMs: 10_000,
      what: 'a rescue in the state',
    })
    const repair = await names.mend()
    await names.answeredAfter(repair.event.seenMs, routersAnswer)
  })
}

test('a daemon that crashes in a rescue and comes back leaves no question unanswered for long', async () => {
  await using names = await NamesHouse.open({ topology: 'two-interfaces' })
  const { house } = names
  const fault = await names.break()
  await names.answeredAfter(fault.event.seenMs)
  await house.daemon.end('SIGKILL')
  const killedMs = monotonicMs()
  house.startAgain()
  // By then it has asked both itself, and needs no word of the earlier run.
  await house.daemon.waitForLine(/names are down/, { deadlineMs: 30_000 })
  await house.daemon.waitForLine(/primary is down/, { deadlineMs: 30_000 })
  await names.answeredAfter(monotonicMs())
  const lost = names.unansweredAfter(killedMs)
  // Of fifty a second.
  assert.ok(Math.max(...lost) < 25, `unanswered: ${lost}\n${house.daemon.lines.join('\n')}`)
})

test('who always asks from one port hears the resolver again once the daemon is gone', async () => {
  // Where it leaves by another link, the kernel itself forgets what it has masqueraded.
  await using names = await NamesHouse.open({ topology: 'one-subnet' })
  const { resolver } = names
  const { daemon, lab } = names.house
  // As Docker does: where nobody translates anything, the kernel no longer looks at flows.
  await lab.host.nft(`table ip docker { chain out {
    type nat hook postrouting priority srcnat;
    ip saddr 172.17.0.0/16 masquerade
  }; }`)
  await using forwarder = await NameStream.start(lab.host, { resolver, port: 5353, everyMs: 20 })
  const fault = await names.break()
  await forwarder.waitForAnswer({ afterMs: fault.event.seenMs, address: dnsAnswer.a })
  assert.equal(await daemon.stop(), 0)
  const { beforeMs } = await names.mendUntold()
  await forwarder.waitForAnswer({ afterMs: beforeMs, address: routersAnswer })
})
