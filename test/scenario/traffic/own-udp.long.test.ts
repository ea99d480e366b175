import '../../lab/enter-namespace.ts'
import { describe, test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { assertFollow, assertStay, sockets, stop } from './own-sockets.ts'

const within = { deadlineMs: 30_000 } as const
const topology = 'two-interfaces'

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

  test('that nobody healthy could carry goes on when its line is back', async () => {
    await using house = await House.open({ topology })
    const { lab } = house
    const old = await sockets(lab, 1)
    const kind = 'upstream-silent'
    await breakLine(house, { wan: 2, kind }, { tells: 'wan_down', ...within })
    await breakLine(house, { wan: 1, kind }, { tells: 'all_down', ...within })
    await lab.repair(2)
    const isBack = { what: 'the secondary to carry all', ...within }
    await house.mqtt.waitForState(({ active }) => active === 'secondary', isBack)
    await assertFollow(old, 2, monotonicMs())
    await stop(old)
  })
})
