/** What two boxes tell each other of themselves, by the broker that both have. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import { skipWithout } from '../../lab/host/requirements.ts'
import { type Box, PairHouse } from '../../lab/house/pair-house.ts'
import { waitFor } from '../../wait-for.ts'

const skip = skipWithout('keepalived', 'setpriv', 'nsenter')

/** As it is published; null before the first time. */
function stateOf({ mqtt }: PairHouse, { name }: Box): Snapshot | null {
  const text = mqtt.at(name === 'first' ? 'wan_failover/state' : 'wan_failover_second/state')
  return text === undefined ? null : (JSON.parse(text) as Snapshot)
}

test('what differs is told on both boxes, and without a broker nothing is', { skip }, async () => {
  await using house = await PairHouse.open({ oneBroker: true })
  const { first, second } = house
  const others = () => [first, second].map((box) => stateOf(house, box)?.pair?.other ?? null)
  const what = 'both see each other'
  const heard = (): boolean => others().every((other) => other?.clock_s === 0)
  await waitFor(heard, { deadlineMs: 90_000, what })
  assert.deepEqual(
    others().map((other) => other?.differences),
    [[], []],
  )
  const alike = await first.folder.command('check')
  assert.match(alike.out, /^PAIR {3}the other box has the same options$/m)

  second.folder.write({ ...second.options, default_policy: { use: ['secondary', 'primary'] } })
  const told = (): boolean =>
    [first, second].every((box) =>
      stateOf(house, box)?.problems.some((problem) => problem.includes('has other options')),
    )
  await waitFor(told, { deadlineMs: 120_000, what: 'both tell that their options differ' })
  const [seen] = others()
  assert.deepEqual(seen?.differences, [
    {
      option: 'default_policy',
      here: '[primary, secondary]',
      there: '[secondary, primary]',
    },
  ])
  const problem =
    'the other box has other options: ' +
    'default_policy (here [secondary, primary], there [primary, secondary])'
  assert.ok(stateOf(house, second)?.problems.includes(problem))

  const checked = await first.folder.command('check')
  assert.match(checked.out, /^HINT {3}the other box has other options: default_policy \(here/m)

  await house.mqtt.goAway()
  const isAlone = async (): Promise<boolean> => {
    const { out } = await first.folder.command('status', '--json')
    return (JSON.parse(out) as Snapshot).pair?.other === null
  }
  await waitFor(isAlone, { deadlineMs: 200_000, everyMs: 5_000, what: 'it shows no other box' })
  assert.deepEqual(await house.whoServes(), ['first'])
  const { out } = await first.folder.command('status', '--json')
  assert.deepEqual((JSON.parse(out) as Snapshot).problems, [])
})
