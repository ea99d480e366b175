import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NamesHouse, routersAnswer } from '../../lab/house/names-house.ts'
import { NameStream } from '../../lab/measure/name-stream.ts'
import { dnsAnswer } from '../../lab/network/plan.ts'
import { testNamesIn } from './test-names-in.ts'

testNamesIn('one-subnet')

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
