/**
 * Who is compared. Each one moves all traffic by one rule, which is quicker than what most of them
 * are used with: what is measured is how soon it knows.
 */
import { keepalived } from './keepalived.ts'
import { lsm } from './lsm.ts'
import { mwan3 } from './mwan3.ts'
import type { Peer } from './peer.ts'
import { scriptPath } from './script-path.ts'

const pingLoop: Peer = {
  id: 'ping-loop',
  name: 'ping loop in a shell, 3 misses',
  periodMs: 1_000,
  slow: false,
  firstTable: '100',
  needs: null,
  command: ({ plan }) => ['sh', scriptPath('ping-loop.sh'), plan.targets[0] ?? ''],
}

export const peers: readonly Peer[] = [
  pingLoop,
  keepalived(1),
  keepalived(3),
  mwan3('quick', {
    name: "mwan3's tracker, interval 1 s, timeout 1 s, down 2, 2 targets",
    ...{ count: 1, reliability: 1, timeoutS: 1, intervalS: 1, down: 2, up: 2, targets: 2 },
  }),
  mwan3('default', {
    name: "mwan3's tracker, its defaults, 3 targets",
    ...{ count: 1, reliability: 1, timeoutS: 4, intervalS: 10, down: 5, up: 5, targets: 3 },
  }),
  lsm,
]
