/** What the made-up houses are made of. */
import type { HealthState } from '../../../src/model/health.ts'
import type { PastEvent } from '../../../src/model/published/history.ts'
import type { Setup, SetupPolicy, SetupWan } from '../../../src/model/published/setup.ts'
import type {
  EventType,
  PolicySnapshot,
  PublishedCapabilities,
  Snapshot,
  WanSnapshot,
} from '../../../src/model/published/snapshot.ts'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export interface Outage {
  readonly fromAgoMs: number
  readonly toAgoMs: number
  readonly state: HealthState
}

export const silence =
  'no reply from 1.1.1.1, 8.8.8.8, 9.9.9.9 for 642 ms, though the gateway 192.168.1.1 replies'

export const defaultPolicy: SetupPolicy = {
  name: 'default',
  from: ['all'],
  to: [],
  protocol: 'any',
  ports: [],
  use: ['fibre', 'lte'],
}

export const workLaptop: SetupPolicy = {
  ...defaultPolicy,
  name: 'work_laptop',
  from: ['192.168.1.31', 'a4:83:e7:21:0c:55'],
  protocol: 'tcp',
  ports: ['443', '5000-5100'],
}

export const kidsTablet: SetupPolicy = {
  ...defaultPolicy,
  name: 'kids_tablet',
  from: ['192.168.1.50'],
  use: ['lte'],
}

export function snapshot(nowMs: number, changes: Partial<Snapshot>): Snapshot {
  return {
    version: '0.1.0',
    at: new Date(nowMs).toISOString(),
    mode: 'automatic',
    active: 'fibre',
    test_failover: { on: false, until: null },
    wans: {},
    policies: {},
    names: { state: 'unknown', reason: 'no DNS server is known' },
    resolvers: {},
    suspect: [],
    sidesteps: 0,
    pair: null,
    tunnels: {},
    capabilities: everything,
    problems: [],
    ...changes,
  }
}

export const everything: PublishedCapabilities = {
  nft: true,
  ct_mark: true,
  conntrack: true,
  multipath: true,
  forwarding: true,
}

export function setup(changes: Partial<Setup>): Setup {
  return {
    version: '0.1.0',
    observing: [],
    found: { interfaces: [], suggestion: '' },
    wans: [setupWan('fibre', 0), { ...setupWan('lte', 1), metered: true }],
    policies: [defaultPolicy],
    test_minutes: 10,
    sidestep: 'auto',
    dns_rescue: 'auto',
    grade: gradeOf(everything),
    advice: [],
    ...changes,
  }
}

export function gradeOf(capabilities: PublishedCapabilities): Setup['grade'] {
  const names = ['nft', 'ct_mark', 'conntrack', 'multipath', 'forwarding'] as const
  return names.map((capability) => ({ capability, there: capabilities[capability] }))
}

export function setupWan(name: string, index: number): SetupWan {
  return { name, metered: false, table: 100 + index, gateway: null, interface: null, targets: [] }
}

export function wan(nowMs: number, kind: 'fibre' | 'lte', changes: Partial<WanSnapshot> = {}) {
  const typical: WanSnapshot =
    kind === 'fibre'
      ? {
          state: 'up',
          reason: 'every target answers',
          since: ago(nowMs, 9 * hour),
          latency_ms: 8.4,
          jitter_ms: 0.7,
          loss_percent: 0,
          gateway: '192.168.1.1',
          interface: 'eth0',
          public_ip: '203.0.113.24',
          ipv6: null,
          rx_bytes: 184_203_442_118,
          tx_bytes: 21_870_334_902,
        }
      : {
          state: 'up',
          reason: 'every target answers',
          since: ago(nowMs, 3 * day),
          latency_ms: 48.2,
          jitter_ms: 6.3,
          loss_percent: 0.2,
          gateway: '192.168.8.1',
          interface: 'wwan0',
          public_ip: '198.51.100.9',
          ipv6: null,
          rx_bytes: 3_422_118_004,
          tx_bytes: 640_118_220,
        }
  return { ...typical, ...changes }
}

export function policyNow(used: string, reason: string): PolicySnapshot {
  return { wan: used, wan6: used, reason }
}

export function outage(agoMs: number, lastedMs: number, state: HealthState = 'down'): Outage {
  return { fromAgoMs: agoMs, toAgoMs: agoMs - lastedMs, state }
}

export function past(nowMs: number): PastEvent[] {
  const move = { from: 'fibre', to: 'lte', wan: 'lte' }
  const back = { from: 'lte', to: 'fibre', wan: 'fibre', switch_ms: 5 }
  const carrier = 'the interface eth0 has no carrier'
  const healthy = 'fibre is back and preferred to lte'
  return [
    event(nowMs, 17 * day, 'wan_down', { wan: 'fibre', reason: carrier, detect_ms: 3 }, 3 * hour),
    event(nowMs, 17 * day - 5, 'failover', { ...move, reason: carrier, switch_ms: 5 }, 3 * hour),
    event(nowMs, 17 * day - 3 * hour, 'failback', { ...back, reason: healthy }),
    event(
      nowMs,
      6 * day,
      'test_started',
      { wan: 'fibre', reason: 'traffic avoids fibre for a test' },
      10 * minute,
    ),
    event(nowMs, 6 * day - 10 * minute, 'test_ended', {
      wan: 'fibre',
      reason: 'fibre may be used again',
    }),
    event(
      nowMs,
      26 * hour,
      'wan_degraded',
      { wan: 'lte', reason: 'loses 28 % of the probes' },
      2 * hour,
    ),
    event(
      nowMs,
      9 * hour,
      'wan_down',
      { wan: 'fibre', reason: silence, detect_ms: 655 },
      4 * minute,
    ),
    event(
      nowMs,
      9 * hour - 6,
      'failover',
      { ...move, reason: `fibre is down: ${silence}`, detect_ms: 655, switch_ms: 6 },
      4.5 * minute,
    ),
    event(nowMs, 9 * hour - 4 * minute, 'wan_up', { wan: 'fibre', reason: 'every target answers' }),
    event(nowMs, 9 * hour - 4.5 * minute, 'failback', { ...back, reason: healthy }),
  ]
}

export function event(
  nowMs: number,
  agoMs: number,
  event_type: EventType,
  changes: Partial<PastEvent>,
  lasted_ms: number | null = null,
): PastEvent {
  return {
    event_type,
    from: null,
    to: null,
    wan: null,
    reason: '',
    detect_ms: null,
    switch_ms: null,
    at: ago(nowMs, agoMs),
    lasted_ms,
    ...changes,
  }
}

export function ago(nowMs: number, ms: number): string {
  return new Date(nowMs - ms).toISOString()
}
