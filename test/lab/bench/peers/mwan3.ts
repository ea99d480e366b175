/** The tracker of OpenWrt's mwan3, by its algorithm; mwan3 itself runs on OpenWrt only. */
import type { Peer } from './peer.ts'
import { scriptPath } from './script-path.ts'

/** Under mwan3's own names. */
interface Tracking {
  readonly name: string
  readonly count: number
  readonly reliability: number
  readonly timeoutS: number
  readonly intervalS: number
  readonly down: number
  readonly up: number
  /** How many of the daemon's targets it asks, one after the other. */
  readonly targets: number
}

export function mwan3(id: string, tracking: Tracking): Peer {
  const { name, count, reliability, timeoutS, intervalS, down, up, targets } = tracking
  return {
    id: `mwan3-${id}`,
    name,
    periodMs: intervalS * 1_000,
    slow: intervalS > 1,
    firstTable: '100',
    needs: null,
    command: ({ plan }) => [
      ...['sh', scriptPath('mwan3-tracker.sh')],
      ...[count, reliability, timeoutS, intervalS, down, up].map(String),
      ...plan.targets.slice(0, targets),
    ],
  }
}
