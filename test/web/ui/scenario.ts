/** Made-up houses that the page is shown and tried with: lively, but nobody's. */
import type { PastEvent } from '../../../src/model/published/history.ts'
import type { Setup } from '../../../src/model/published/setup.ts'
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import {
  ago,
  day,
  defaultPolicy,
  event,
  gradeOf,
  hour,
  kidsTablet,
  minute,
  type Outage,
  outage,
  past,
  policyNow,
  setup,
  setupWan,
  silence,
  snapshot,
  wan,
  workLaptop,
} from './scenario-parts.ts'

export interface Scenario {
  readonly snapshot: Snapshot
  readonly setup: Setup
  /** In order of time. */
  readonly events: readonly PastEvent[]
  /** Of each WAN: when it was down or degraded, in milliseconds before now. */
  readonly outages: Readonly<Record<string, readonly Outage[]>>
}

const scenarios = { well, failover, three, 'all-down': allDown, observing, limited, slip }

export type ScenarioName = keyof typeof scenarios

export const scenarioNames = Object.keys(scenarios) as readonly ScenarioName[]

export function scenario(name: ScenarioName, nowMs: number): Scenario {
  return scenarios[name](nowMs)
}

function well(nowMs: number): Scenario {
  const wans = { fibre: wan(nowMs, 'fibre'), lte: wan(nowMs, 'lte') }
  return {
    snapshot: snapshot(nowMs, {
      sidesteps: 3,
      wans,
      policies: {
        work_laptop: policyNow('fibre', 'fibre is up: every target answers'),
        kids_tablet: policyNow('lte', 'lte is up: every target answers'),
        default: policyNow('fibre', 'fibre is up: every target answers'),
      },
    }),
    setup: setup({ policies: [workLaptop, kidsTablet, defaultPolicy] }),
    events: past(nowMs),
    outages: {
      fibre: [
        outage(9 * hour, 4 * minute),
        outage(6 * day, 52 * minute),
        outage(17 * day, 3 * hour),
      ],
      lte: [outage(3 * day, 20 * minute), outage(26 * hour, 2 * hour, 'degraded')],
    },
  }
}

/** Wrong options beside the last right ones. */
function slip(nowMs: number): Scenario {
  const base = well(nowMs)
  const problems = [
    'wans[1].gateway: found "192.168.0.300", expected an IPv4 address like 192.168.0.2, auto, ' +
      'or none for a line without a gateway (PPPoE, LTE)',
    'policies[0].use[0]: found "fiber", expected the name of a WAN (fibre or lte) or none; ' +
      'did you mean fibre?',
  ]
  const since = ago(nowMs, 3 * day)
  return {
    ...base,
    snapshot: {
      ...base.snapshot,
      options: { in_force: 'earlier', since, problems },
      problems: [
        'the new options are wrong: the last right ones stay in force',
        ...problems.map((problem) => `wrong option: ${problem}`),
      ],
    },
  }
}

function failover(nowMs: number): Scenario {
  const base = well(nowMs)
  const lostMs = 4 * minute
  return {
    ...base,
    snapshot: {
      ...base.snapshot,
      active: 'lte',
      wans: {
        fibre: wan(nowMs, 'fibre', {
          state: 'down',
          reason: silence,
          since: ago(nowMs, lostMs),
          latency_ms: null,
          jitter_ms: null,
          loss_percent: 100,
          public_ip: null,
        }),
        lte: wan(nowMs, 'lte', { latency_ms: 61.7, jitter_ms: 9.1, loss_percent: 0.4 }),
      },
      policies: {
        work_laptop: policyNow('lte', `fibre is down: ${silence}`),
        kids_tablet: policyNow('lte', 'lte is up: every target answers'),
        default: policyNow('lte', `fibre is down: ${silence}`),
      },
      problems: [`fibre is down: ${silence}`],
    },
    events: [
      ...base.events,
      event(nowMs, lostMs, 'wan_down', { wan: 'fibre', reason: silence, detect_ms: 661 }),
      event(nowMs, lostMs - 5, 'failover', {
        from: 'fibre',
        to: 'lte',
        wan: 'lte',
        reason: `fibre is down: ${silence}`,
        detect_ms: 661,
        switch_ms: 6,
      }),
    ],
    outages: {
      ...base.outages,
      fibre: [...(base.outages['fibre'] ?? []), { fromAgoMs: lostMs, toAgoMs: 0, state: 'down' }],
    },
  }
}

/** Long names, a degraded line, one that is not judged yet. */
function three(nowMs: number): Scenario {
  const cable = 'cable_from_the_municipal_works_x'
  const wans = {
    [cable]: wan(nowMs, 'fibre', {
      state: 'degraded',
      reason: 'loses 31 % of the probes, more than 20 %',
      loss_percent: 31,
      latency_ms: 214.3,
      since: ago(nowMs, 11 * minute),
    }),
    dsl: wan(nowMs, 'fibre', {
      gateway: '10.20.0.1',
      interface: 'eth1',
      public_ip: '198.51.100.77',
    }),
    lte_stick: wan(nowMs, 'lte', { state: 'unknown', reason: 'not probed yet', latency_ms: null }),
  }
  const use = [cable, 'dsl', 'lte_stick']
  return {
    snapshot: snapshot(nowMs, {
      wans,
      active: 'dsl',
      policies: {
        default: policyNow('dsl', `${cable} is degraded: loses 31 % of the probes, more than 20 %`),
      },
      problems: ['a rule of priority 5270 (table 52) takes the probes of lte_stick before ours'],
    }),
    setup: setup({
      wans: use.map((name, index) => ({ ...setupWan(name, index), metered: name === 'lte_stick' })),
      policies: [{ ...defaultPolicy, use }],
    }),
    events: past(nowMs),
    outages: { [cable]: [outage(50 * minute, 8 * minute)] },
  }
}

function allDown(nowMs: number): Scenario {
  const base = failover(nowMs)
  const dead = 'the interface wwan0 has no carrier'
  return {
    ...base,
    snapshot: {
      ...base.snapshot,
      wans: {
        ...base.snapshot.wans,
        lte: wan(nowMs, 'lte', {
          state: 'down',
          reason: dead,
          since: ago(nowMs, 40_000),
          latency_ms: null,
          jitter_ms: null,
          loss_percent: 100,
          public_ip: null,
        }),
      },
      policies: {
        work_laptop: policyNow('lte', `no WAN is healthy, so traffic stays on lte (${dead})`),
        kids_tablet: policyNow('lte', `no WAN is healthy, so traffic stays on lte (${dead})`),
        default: policyNow('lte', `no WAN is healthy, so traffic stays on lte (${dead})`),
      },
      problems: [...base.snapshot.problems, `lte is down: ${dead}`],
    },
    events: [
      ...base.events,
      event(nowMs, 40_000, 'wan_down', { wan: 'lte', reason: dead, detect_ms: 2 }),
      event(nowMs, 40_000, 'all_down', { reason: 'every WAN is down' }),
    ],
  }
}

function observing(nowMs: number): Scenario {
  const why = 'the options name no WAN'
  return {
    snapshot: snapshot(nowMs, {
      active: null,
      wans: {},
      policies: {},
      problems: [`observing only: ${why}`],
    }),
    setup: {
      ...setup({ wans: [], policies: [] }),
      observing: [why],
      found: {
        interfaces: [
          {
            name: 'eth0',
            type: 'ethernet',
            addresses: ['192.168.1.20/24', 'fd4c:9a10:77::20/64'],
            gateways: ['192.168.1.1'],
          },
          {
            name: 'wlan0',
            type: 'wireless',
            addresses: ['172.20.10.4/28'],
            gateways: ['172.20.10.1'],
          },
        ],
        suggestion: [
          'wans:',
          '  - name: primary',
          '    gateway: 192.168.1.1',
          '    interface: eth0',
          '  - name: secondary',
          '    gateway: auto',
          '    interface: wlan0',
          '',
        ].join('\n'),
      },
    },
    events: [],
    outages: {},
  }
}

/** A small kernel, and a host that forwards nothing. */
function limited(nowMs: number): Scenario {
  const base = well(nowMs)
  const capabilities = {
    nft: true,
    ct_mark: false,
    conntrack: false,
    multipath: false,
    forwarding: false,
  }
  return {
    ...base,
    snapshot: { ...base.snapshot, capabilities },
    setup: {
      ...base.setup,
      grade: gradeOf(capabilities),
      advice: [
        'forwarding is off (net.ipv4.ip_forward=0): this host is online, but devices that use it ' +
          'as their gateway get no Internet',
      ],
    },
  }
}
