/**
 * A host on the LAN that sees none of our probes, and answers them all the same.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { ForgedFlood } from '../../lab/measure/forged-flood.ts'
import { testNoLineFallsBy } from './test-no-line-falls-by.ts'
import { isNamed, told } from './told.ts'

testNoLineFallsBy('answers that DNS fails', { kinds: ['dns'], dnsCode: 2 })

for (const [what, kinds] of [
  ['DNS answers', ['dns']],
  ['replies to pings', ['reply']],
] as const) {
  test(`a flood of forged ${what} hides no dead line, and is named`, async () => {
    await using house = await House.open({ topology: 'one-subnet' })
    const { lab, mqtt } = house
    const stream = await lab.client(1).startStream()
    const flood = await ForgedFlood.begin(lab, { kinds })
    await flood.go(100_000)
    const { beforeMs } = await lab.fault({ wan: 1, kind: 'upstream-silent' })
    // The forger alone keeps a processor busy: how fast it goes is not what this asks.
    const wait = { afterMs: beforeMs, deadlineMs: 20_000 }
    await stream.waitForWan(2, wait).catch((cause: unknown) => {
      const seen = { rate: flood.perSecond, wans: mqtt.state()?.wans }
      throw new Error(`${house.daemon.lines.join('\n')}\n${JSON.stringify(seen)}`, { cause })
    })
    await mqtt.waitForState(({ problems }) => problems.some(isNamed), {
      deadlineMs: 20_000,
      what: 'the flood to be named',
    })
    await flood.go(1_000_000)
    await flood.stop()
    await stream.stop()
    assert.equal(mqtt.state()?.wans['primary']?.state, 'down')
    const back = told(house, beforeMs).filter((event) => /wan_up|failback|restored/.test(event))
    assert.deepEqual(back, [], house.daemon.lines.join('\n'))
    assert.equal(house.daemon.lines.filter(isNamed).length, 1, house.daemon.lines.join('\n'))
  })
}
