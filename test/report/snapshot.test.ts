import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision } from '../../src/model/decision.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { composeSnapshot, type Known } from '../../src/report/snapshot.ts'
import { statusText } from '../../src/report/status-text.ts'
import { bothFamilies } from '../examples/both-families.ts'
import { exampleCapabilities } from '../examples/example-capabilities.ts'
import { exampleDecision } from '../examples/example-decision.ts'
import { exampleHealth } from '../examples/example-health.ts'
import { oneSubnet } from '../examples/example-host.ts'
import { exampleSettings } from '../examples/example-settings.ts'

const wallMs = Date.parse('2026-11-21T10:00:00.000Z')

function known(changes: Partial<Known> = {}): Known {
  return {
    version: '0.1.0',
    decision: exampleDecision('primary'),
    observing: [],
    healths: bothFamilies(
      new Map([
        [
          'primary',
          exampleHealth('up', {
            reason: '1.1.1.1 answers',
            sinceMs: 40_000,
          }),
        ],
        ['secondary', exampleHealth('down', { reason: 'no carrier' })],
      ]),
    ),
    qualities: {
      ipv4: new Map([
        ['primary', { latencyMs: 12.08, jitterMs: 0.84, lossPercent: 0 }],
        ['secondary', { latencyMs: null, jitterMs: null, lossPercent: 100 }],
      ]),
      ipv6: new Map(),
    },
    uplinks: resolveUplinks(exampleSettings().wans, oneSubnet),
    publicAddresses: new Map([['primary', '198.51.100.7']]),
    bytes: new Map([['primary', { received: 10, sent: 20 }]]),
    capabilities: exampleCapabilities({ ctMark: false, multipath: false }),
    suspect: ['primary'],
    sidesteps: 3,
    problems: ['secondary is down: no carrier'],
    nowMs: 100_000,
    wallMs,
    ...changes,
  }
}

test('the snapshot has the published keys, times in UTC and figures with one decimal', () => {
  assert.deepEqual(composeSnapshot(known()), {
    version: '0.1.0',
    at: '2026-11-21T10:00:00.000Z',
    mode: 'automatic',
    active: 'primary',
    test_failover: { on: false, until: null },
    wans: {
      primary: {
        state: 'up',
        reason: '1.1.1.1 answers',
        since: '2026-11-21T09:59:00.000Z',
        latency_ms: 12.1,
        jitter_ms: 0.8,
        loss_percent: 0,
        gateway: '192.168.0.1',
        interface: 'eth0',
        public_ip: '198.51.100.7',
        ipv6: null,
        rx_bytes: 10,
        tx_bytes: 20,
      },
      secondary: {
        state: 'down',
        reason: 'no carrier',
        since: '2026-11-21T09:58:20.000Z',
        latency_ms: null,
        jitter_ms: null,
        loss_percent: 100,
        gateway: '192.168.0.2',
        interface: 'eth0',
        public_ip: null,
        ipv6: null,
        rx_bytes: null,
        tx_bytes: null,
      },
    },
    policies: {
      default: { wan: 'primary', wan6: 'primary', reason: 'primary is up: 1.1.1.1 answers' },
    },
    names: { state: 'unknown', reason: 'no DNS server is known' },
    resolvers: {},
    suspect: ['primary'],
    sidesteps: 3,
    pair: null,
    tunnels: {},
    capabilities: {
      nft: true,
      ct_mark: false,
      conntrack: true,
      multipath: false,
      forwarding: true,
    },
    problems: ['secondary is down: no carrier'],
  })
})

test('a metered WAN tells its month and cap, and where its link is shared what its counters say', () => {
  const stick = { monthBytes: 700, monthSince: '2026-11-01', capBytes: 1_000 }
  const { wans, policies } = composeSnapshot(
    known({
      metered: {
        wans: new Map([['secondary', { ...stick, received: 5, sent: 6 }]]),
        policies: new Map([['default', 650]]),
      },
    }),
  )
  const { month_bytes, month_since, cap_bytes, rx_bytes, tx_bytes } = wans['secondary'] ?? {}
  assert.deepEqual(
    { month_bytes, month_since, cap_bytes, rx_bytes, tx_bytes },
    { month_bytes: 700, month_since: '2026-11-01', cap_bytes: 1_000, rx_bytes: 5, tx_bytes: 6 },
  )
  assert.equal(wans['primary']?.month_bytes, undefined)
  assert.equal(policies['default']?.metered_bytes, 650)
})

test('a test is told with the wall time of its end', () => {
  const decision: Decision = {
    ...exampleDecision('secondary'),
    test: { avoid: 'primary', untilMs: 700_000 },
  }
  const { test_failover } = composeSnapshot(known({ decision }))
  assert.deepEqual(test_failover, { on: true, until: '2026-11-21T10:10:00.000Z' })
})

test('while it only observes no WAN is active, and the policies say why', () => {
  const { active, policies } = composeSnapshot(known({ observing: ['a VPN takes all', 'more'] }))
  assert.equal(active, null)
  const reason = 'observing only: a VPN takes all'
  assert.deepEqual(policies, { default: { wan: null, wan6: null, reason } })
})

test('the status for a terminal tells each fact in a line', () => {
  assert.deepEqual(statusText(composeSnapshot(known())), [
    '* primary    up        192.168.0.1 on eth0, 12.1 ms, 0 % lost, 198.51.100.7  1.1.1.1 answers',
    '  secondary  down      192.168.0.2 on eth0, 100 % lost  no carrier',
    'mode automatic',
    'policy default: primary (primary is up: 1.1.1.1 answers)',
    'names unknown: no DNS server is known',
    'primary has fallen silent, with no verdict yet',
    '! secondary is down: no carrier',
  ])
})

test('IPv6 has a state of its own, and its line in the status; null where a WAN has none', () => {
  const ipv6 = new Map([
    ['primary', exampleHealth('down', { reason: 'no reply', sinceMs: 70_000 })],
    ['secondary', exampleHealth('disabled')],
  ])
  const { healths, qualities } = known()
  const snapshot = composeSnapshot(
    known({
      healths: { ...healths, ipv6 },
      qualities: {
        ...qualities,
        ipv6: new Map([['primary', { latencyMs: 9.12, jitterMs: null, lossPercent: 100 }]]),
      },
    }),
  )
  assert.deepEqual(snapshot.wans['primary']?.ipv6, {
    state: 'down',
    reason: 'no reply',
    since: '2026-11-21T09:59:30.000Z',
    latency_ms: 9.1,
    loss_percent: 100,
  })
  assert.equal(snapshot.wans['primary']?.state, 'up')
  assert.equal(snapshot.wans['secondary']?.ipv6, null)
  assert.equal(statusText(snapshot)[1], '             down      IPv6, 9.1 ms, 100 % lost  no reply')
})

test('the status tells a running test and a policy without a WAN', () => {
  const decision: Decision = {
    ...exampleDecision(null),
    test: { avoid: 'primary', untilMs: 100_000 },
  }
  const lines = statusText(composeSnapshot(known({ decision, problems: [] })))
  assert.deepEqual(lines.slice(2), [
    'mode automatic, a failover test until 2026-11-21T10:00:00.000Z',
    'policy default: no WAN (null is up: 1.1.1.1 answers)',
    'names unknown: no DNS server is known',
    'primary has fallen silent, with no verdict yet',
  ])
})

test('names are up while one resolver answers or is rescued, and down once all are silent', () => {
  const reason = 'says the example'
  const one = (state: 'unknown' | 'up' | 'down', rescued = false) => ({
    ...{ state, rescued, reason, via: null },
  })
  const cases = [
    [[one('up'), one('down')], 'up'],
    [[one('down'), one('down', true)], 'up'],
    [[one('down'), one('down')], 'down'],
    [[one('down'), one('unknown')], 'unknown'],
  ] as const
  for (const [resolvers, expected] of cases) {
    const figures = new Map(resolvers.map((each, i) => [`192.168.0.${i}`, each] as const))
    const snapshot = composeSnapshot(known({ resolvers: figures }))
    assert.equal(snapshot.names.state, expected)
    assert.deepEqual(snapshot.resolvers['192.168.0.1'], resolvers[1])
  }
})
