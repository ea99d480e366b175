import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { ForgedFlood } from '../../lab/measure/forged-flood.ts'
import { isNamed, told } from './told.ts'

type Flood = Parameters<typeof ForgedFlood.begin>[1]

export function testNoLineFallsBy(what: string, flood: Flood): void {
  test(`a flood of forged ${what} takes no living line down`, async () => {
    await using house = await House.open({ topology: 'one-subnet' })
    const stream = await house.lab.client(1).startStream()
    const forger = await ForgedFlood.begin(house.lab, flood)
    await forger.go(600_000)
    await forger.stop()
    await stream.stop()
    assert.deepEqual(told(house), [])
    assert.ok(house.daemon.lines.filter(isNamed).length <= 1, house.daemon.lines.join('\n'))
  })
}
