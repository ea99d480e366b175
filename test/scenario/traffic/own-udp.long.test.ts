import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import type { EchoStream } from '../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { WanNumber } from '../../lab/network/plan.ts'
import { assertFollow, sockets, stop } from './own-sockets.ts'

const within = { deadlineMs: 30_000 } as const
const topology = 'two-interfaces'

/** All that is answered from now on comes by this WAN. */
async function assertStay(
  all: ReadonlyMap<string, EchoStream>,
  wan: WanNumber,
  forMs: number,
): Promise<void> {
  const fromMs = monotonicMs()
  for (const [name, stream] of all) {
    await stream.waitForWan(wan, { afterMs: fromMs + forMs, deadlineMs: forMs + 10_000 })
    const ways = stream.between(fromMs, monotonicMs()).map(({ answer }) => answer?.wan)
    // The last may still be on its way.
    const others = ways.slice(0, -1).filter((way) => way !== wan)
    assert.deepEqual(others, [], `${name}: ${ways.join(' ')}`)
  }
}

describe('UDP of this machine with an address for ever', () => {
  test('follows a failover, and leaves a metered WAN with the failback', async () => {
    await using house = await House.open({ topology, wans: [{}, { metered: true }] })
    const { lab } = house
    const old = await sockets(lab, 1)
    const away = await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
    await assertFollow(old, 2, away.event.seenMs)
    const young = await sockets(lab, 2)
    const back = await mendLine(house, 1, within)
    await assertFollow(old, 1, back.event.seenMs)
    await assertFollow(young, 1, back.event.seenMs)
    await assertStay(young, 1, 12_000)
    await stop(old, young)
  })

  test('stays on a healthy WAN at a graceful failback, and leaves it when it dies', async () => {
    await using house = await House.open({ topology })
    const { lab } = house
    const old = await sockets(lab, 1)
    const away = await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
    await assertFollow(old, 2, away.event.seenMs)
    const young = await sockets(lab, 2)
    await mendLine(house, 1, within)
    await Promise.all([assertStay(old, 2, 4_000), assertStay(young, 2, 4_000)])
    const down = { tells: 'wan_down', ...within } as const
    const second = await breakLine(house, { wan: 2, kind: 'upstream-silent' }, down)
    await assertFollow(new Map([...old, ...young]), 1, second.event.seenMs)
    await stop(old, young)
  })
})
