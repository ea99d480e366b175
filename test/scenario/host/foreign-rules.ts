/** The rules that VPNs bring, ours that follow them, and how soon their own packets are back. */
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import type { House } from '../../lab/house/house.ts'
import { MachineLag } from '../../machine-lag.ts'
import { waitFor } from '../../wait-for.ts'

const lag = new MachineLag()

/** Of Tailscale's own packets. */
export const tailscaleMark = 0x80000

/** What Tailscale's router sets up in kernel mode, in both families. */
export const tailscaleRules = (first: number, verb = 'add') => [
  `rule ${verb} pref ${first} fwmark 0x80000/0xff0000 lookup main`,
  `rule ${verb} pref ${first + 20} fwmark 0x80000/0xff0000 lookup default`,
  `rule ${verb} pref ${first + 40} fwmark 0x80000/0xff0000 unreachable`,
  `rule ${verb} pref ${first + 60} lookup 52`,
]

type Rounds = Pick<House, 'lab' | 'mqtt'>

/**
 * Milliseconds from each failover's fault to the first answer by the other WAN, without what the
 * machine was late.
 */
export async function backAfterFailovers(
  house: Rounds,
  mark: number,
  rounds: number,
): Promise<number[]> {
  const stream = await house.lab.host.startStream({ mark })
  const found: number[] = []
  for (let round = 0; round < rounds; round++) {
    await stream.waitForWan(1, { afterMs: 0, deadlineMs: 5_000 })
    const fault = await breakLine(house, { wan: 1, kind: 'upstream-silent' })
    const moved = await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 10_000 })
    const tookMs = moved.answer.atMs - fault.afterMs
    found.push(Math.max(0, tookMs - lag.allowanceMs(fault.afterMs, moved.answer.atMs)))
    const mended = await mendLine(house, 1)
    await stream.waitForWan(1, { afterMs: mended.beforeMs, deadlineMs: 10_000 })
  }
  await stream.stop()
  return found
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Ours that stand before all others, of one family. */
export async function followers(house: House, family: '-4' | '-6' = '-4'): Promise<string[]> {
  const rules = await house.lab.host.run('ip', family, 'rule', 'show')
  const lines = rules.split('\n').filter((line) => /^\d{1,4}:.* proto 201/.test(line))
  return lines.filter((line) => Number(line.split(':')[0]) < 9900)
}

export function waitForFollowers(house: House, expected: RegExp): Promise<unknown> {
  return waitFor(async () => expected.test((await followers(house)).join('\n')), {
    deadlineMs: 10_000,
    what: `rules that follow, like ${String(expected)}`,
  })
}

/** As wg-quick does it: without priorities, so the kernel puts each before all others but `local`. */
export const wgQuick = [
  'tuntap add wg0 mode tun',
  'link set wg0 up',
  'route add default dev wg0 table 51820',
  'rule add not fwmark 51820 table 51820',
  'rule add table main suppress_prefixlength 0',
]
