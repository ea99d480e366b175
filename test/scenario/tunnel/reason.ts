/** What a tunnel without an answer is asked for: a reason in time, and its return. */
import assert from 'node:assert/strict'
import type { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { MachineLag } from '../../machine-lag.ts'

const lag = new MachineLag()

/** Within this time there is a reason. */
const reasonMs = 10_000

interface Expected {
  readonly expected: RegExp
  readonly sinceMs: number
}

/** In the state and in the log; and the lines carry what the tunnel did. */
export async function reason(house: TunnelHouse, { expected, sinceMs }: Expected): Promise<void> {
  const deadlineMs = 40_000
  const { problems, tunnels } = await house.mqtt
    .waitForState((now) => now.problems.some((one) => expected.test(one)), {
      deadlineMs,
      what: String(expected),
    })
    .catch((error) => {
      throw new Error(house.daemon.lines.join('\n'), { cause: error })
    })
  const atMs = monotonicMs()
  const mostMs = reasonMs + lag.allowanceMs(sinceMs, atMs)
  assert.ok(atMs - sinceMs <= mostMs, `${Math.round(atMs - sinceMs)} ms: ${problems.join('; ')}`)
  assert.match(tunnels?.['home_ip']?.reason ?? '', expected)
  await house.daemon.waitForLine(expected, { deadlineMs })
  await house.mqtt.waitForState(({ active }) => active === 'primary', {
    deadlineMs,
    what: 'a line in place of the tunnel',
  })
}

export async function isBack(house: TunnelHouse): Promise<void> {
  const isWell = ({ active, problems }: { active: string | null; problems: readonly string[] }) =>
    active === 'home_ip' && problems.length === 0
  let last = ''
  const fits = (state: Parameters<typeof isWell>[0]) => {
    last = JSON.stringify(state)
    return isWell(state)
  }
  await house.mqtt
    .waitForState(fits, { deadlineMs: 90_000, what: 'the tunnel in use again' })
    .catch((error) => {
      throw new Error(`${house.daemon.lines.join('\n')}\n${last}`, { cause: error })
    })
}
