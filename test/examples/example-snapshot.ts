import type {
  ChangeEvent,
  PairSnapshot,
  Snapshot,
  WanSnapshot,
} from '../../src/model/published/snapshot.ts'

export const twoWans = {
  wans: [{ name: 'primary' }, { name: 'secondary' }],
  policies: [
    { name: 'kids_tablet', use: ['secondary', 'primary'] },
    { name: 'items', use: [] },
  ],
}

export function exampleWanSnapshot(changes: Partial<WanSnapshot> = {}): WanSnapshot {
  return {
    state: 'up',
    reason: 'every target answers',
    since: '2026-11-21T09:00:00.000Z',
    latency_ms: 12.1,
    jitter_ms: 0.8,
    loss_percent: 0,
    gateway: '192.168.0.1',
    interface: 'eth0',
    ipv6: null,
    public_ip: null,
    rx_bytes: 1_000,
    tx_bytes: 2_000,
    ...changes,
  }
}

export function examplePair(changes: Partial<PairSnapshot> = {}): PairSnapshot {
  return {
    state: 'serving',
    since: '2026-11-21T09:00:00.000Z',
    address: '192.168.0.5',
    role: 'first',
    resting: false,
    reason: '192.168.0.5 is on this box; this box is ready to serve',
    other: null,
    ...changes,
  }
}

export function exampleSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    version: '0.1.0',
    at: '2026-11-21T10:00:00.000Z',
    mode: 'automatic',
    active: 'primary',
    test_failover: { on: false, until: null },
    wans: {
      primary: exampleWanSnapshot(),
      secondary: exampleWanSnapshot({ gateway: '192.168.0.2' }),
    },
    policies: {
      kids_tablet: { wan: 'secondary', wan6: 'secondary', reason: 'its first WAN is up' },
      items: { wan: null, wan6: null, reason: 'it may use no WAN' },
      default: { wan: 'primary', wan6: 'primary', reason: 'its first WAN is up' },
    },
    names: { state: 'up', reason: "192.168.0.1: it answers; it is primary's router" },
    resolvers: {
      '192.168.0.1': {
        state: 'up',
        via: 'primary',
        rescued: false,
        reason: "it answers; it is primary's router",
      },
    },
    suspect: [],
    sidesteps: 0,
    pair: null,
    tunnels: {},
    capabilities: {
      nft: true,
      ct_mark: true,
      conntrack: true,
      multipath: true,
      forwarding: true,
    },
    problems: [],
    ...changes,
  }
}

export const exampleEvent: ChangeEvent = {
  event_type: 'failover',
  from: 'primary',
  to: 'secondary',
  wan: 'primary',
  reason: 'no target answers',
  detect_ms: 900,
  switch_ms: 4,
  at: '2026-11-21T10:00:01.000Z',
}
