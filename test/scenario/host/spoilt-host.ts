/** A host whose data folder or clock goes wrong, and what the house still has of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { brokerOf, House, optionsOf } from '../../lab/house/house.ts'

const within = { deadlineMs: 30_000 } as const
const dayMs = 24 * 60 * 60 * 1_000
const otherClock = fileURLToPath(new URL('../../lab/measure/other-clock.ts', import.meta.url))

/** What the daemon before has said stands on the broker until this one speaks. */
export async function startAgain(house: House): Promise<void> {
  const beganMs = Date.now()
  house.startAgain()
  await house.mqtt.waitForState(
    ({ at, active, wans }) =>
      Date.parse(at) >= beganMs &&
      active === 'primary' &&
      Object.values(wans).every(({ state }) => state === 'up'),
    { deadlineMs: 60_000, what: 'the next start' },
  )
}

export function testSpoiltFolder(what: string, spoil: (path: string) => string): void {
  test(`a data folder that is ${what} keeps nobody from the other line, nor a start`, async () => {
    await using house = await House.open({ topology: 'one-subnet', waitUntilUp: false })
    const { lab, mqtt, folder } = house
    await house.daemon.stop()
    await lab.host.run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder.path)
    await using _mounted = {
      [Symbol.asyncDispose]: async () => {
        // A killed one would leave its decision to the next test's house.
        await house.daemon.stop()
        await lab.host.run('umount', folder.path)
      },
    }
    folder.write({ ...optionsOf(lab.plan), ...brokerOf(mqtt) })
    await startAgain(house)
    await lab.host.script(spoil(folder.path))
    await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
    await mendLine(house, 1)
    await house.daemon.stop()
    await startAgain(house)
    await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
  })
}

export function testClock(what: string, jumpMs: number): void {
  test(`a clock that is set ${what} a day moves nothing, and hides no dead line`, async () => {
    await using house = await House.open({
      topology: 'one-subnet',
      circumstances: {
        environment: { CLOCK_JUMP: String(jumpMs), NODE_OPTIONS: `--import=${otherClock}` },
      },
    })
    const { mqtt, daemon } = house
    const about = mqtt.state()?.at
    assert.ok(about !== undefined)
    process.kill(daemon.pid, 'SIGUSR2')
    await mqtt.waitForState(({ at }) => Math.abs(Date.parse(at) - Date.parse(about)) > dayMs / 2, {
      ...within,
      what: 'its clock to jump',
    })
    assert.deepEqual(mqtt.events, [])
    await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
    await mendLine(house, 1)
  })
}
