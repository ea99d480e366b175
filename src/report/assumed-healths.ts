/** Healths that nobody has measured, for answers to "what if". */
import { ipv6Healths } from '../decision/without-ipv6.ts'
import type { Healths, WanHealth } from '../model/health.ts'
import type { Settings } from '../model/settings/settings.ts'
import { hasWay, type Uplink } from '../model/uplink.ts'

export interface Assumed {
  /** The WANs that are down; all others are up. */
  readonly down: readonly string[]
  /** Those that have fallen silent, with no verdict yet; left out: none. */
  readonly suspect?: readonly string[]
  /** Which of them have IPv6; left out: all. */
  readonly uplinks?: readonly Uplink[]
}

export function assumedHealths({ wans }: Settings, assumed: Assumed): Healths {
  const { uplinks } = assumed
  const ipv4 = new Map(wans.map(({ name }) => [name, assumedHealth(name, assumed)] as const))
  if (uplinks === undefined) return { ipv4, ipv6: ipv4 }
  const having = uplinks.filter((uplink) => hasWay(uplink, 'ipv6')).map(({ name }) => name)
  const ipv6 = new Map([...ipv4].filter(([name]) => having.includes(name)))
  return { ipv4, ipv6: ipv6Healths(wans, { ipv4, ipv6 }) }
}

function assumedHealth(name: string, { down, suspect = [] }: Assumed): WanHealth {
  const isDown = down.includes(name)
  return {
    state: isDown ? 'down' : 'up',
    reason: isDown ? 'assumed to be down' : 'assumed to be up',
    sinceMs: 0,
    suspectedMs: null,
    holdDownMs: 0,
    suspectSinceMs: suspect.includes(name) ? 0 : null,
    answersSinceMs: null,
  }
}
