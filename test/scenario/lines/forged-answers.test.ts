/** A host on the LAN that sees none of our probes, and answers them all the same. */
import '../../lab/enter-namespace.ts'
import { test } from 'node:test'
import { probePorts, wanMark } from '../../../src/model/marks.ts'
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import { House } from '../../lab/house/house.ts'
import { testNoLineFallsBy } from './test-no-line-falls-by.ts'

testNoLineFallsBy('errors about pings and DNS questions', { kinds: ['ping_error', 'dns_error'] })

test('a probe leaves by its own WAN, also where somebody else has sent to its port first', async () => {
  const options = { probe: { methods: ['dns'] } }
  await using house = await House.open({ topology: 'one-subnet', options })
  const { lab, mqtt } = house
  const { first, last } = probePorts(0)
  // As a flood leaves them behind, where the host has refused it by the other line.
  const flows: string[] = []
  for (const target of lab.plan.targets.slice(0, 3)) {
    for (let port = first; port <= last; port += 1) {
      const ends = `-s ${target} -d ${lab.plan.lan.hostAddress} --sport 53 --dport ${port}`
      flows.push(`-I -p udp ${ends} -t 120 -m ${wanMark(1)}`)
    }
  }
  await house.daemon.stop()
  await lab.host.script(`conntrack -F\nconntrack -R - <<'END'\n${flows.join('\n')}\nEND\n`)
  house.startAgain()
  await house.waitUntilUp()
  await lab.fault({ wan: 1, kind: 'upstream-silent' })
  const isDown = (state: Snapshot) => state.wans['primary']?.state === 'down'
  await mqtt.waitForState(isDown, { deadlineMs: 20_000, what: 'the dead line to be down' })
})
