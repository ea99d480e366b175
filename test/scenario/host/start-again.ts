import type { House } from '../../lab/house/house.ts'

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
