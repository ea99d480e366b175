import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metrics } from '../../src/web/metrics.ts'
import { exampleEvent, exampleSnapshot, exampleWanSnapshot } from '../examples/example-snapshot.ts'

async function samples(metrics: Metrics, ...snapshots: Parameters<Metrics['render']>) {
  const { text } = await metrics.render(...snapshots)
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

test('each WAN has its health and figures in base units', async () => {
  const secondary = exampleWanSnapshot({
    state: 'down',
    latency_ms: null,
    jitter_ms: null,
    loss_percent: 100,
    rx_bytes: null,
    tx_bytes: null,
  })
  const found = await samples(
    new Metrics(),
    exampleSnapshot({ wans: { primary: exampleWanSnapshot(), secondary } }),
  )
  for (const line of [
    'wan_failover_wan_up{wan="primary"} 1',
    'wan_failover_wan_up{wan="secondary"} 0',
    'wan_failover_wan_state{wan="secondary",state="down"} 1',
    'wan_failover_wan_state{wan="secondary",state="up"} 0',
    'wan_failover_wan_active{wan="primary"} 1',
    'wan_failover_wan_active{wan="secondary"} 0',
    'wan_failover_wan_latency_seconds{wan="primary"} 0.0121',
    'wan_failover_wan_jitter_seconds{wan="primary"} 0.0008',
    'wan_failover_wan_loss_ratio{wan="secondary"} 1',
    'wan_failover_wan_received_bytes_total{wan="primary"} 1000',
    'wan_failover_wan_sent_bytes_total{wan="primary"} 2000',
    'wan_failover_test_failover_on 0',
    'wan_failover_build_info{version="0.1.0"} 1',
  ]) {
    assert.ok(found.includes(line), `${line}\nis not in\n${found.join('\n')}`)
  }
  assert.ok(!found.some((line) => /latency_seconds\{wan="secondary"/.test(line)))
})

test('the IPv6 of a WAN has its own health, where it has any', async () => {
  const ipv6 = {
    state: 'down',
    reason: 'R',
    since: '',
    latency_ms: null,
    loss_percent: 100,
  } as const
  const wans = {
    primary: exampleWanSnapshot({ ipv6 }),
    secondary: exampleWanSnapshot({ ipv6: { ...ipv6, state: 'degraded' } }),
    stick: exampleWanSnapshot(),
  }
  const policies = { default: { wan: 'primary', wan6: 'secondary', reason: 'R' } }
  const found = await samples(new Metrics(), exampleSnapshot({ wans, policies }))
  assert.deepEqual(
    found.filter((line) => line.includes('ipv6')),
    [
      'wan_failover_wan_ipv6_up{wan="primary"} 0',
      'wan_failover_wan_ipv6_up{wan="secondary"} 1',
      'wan_failover_wan_ipv6_active{wan="primary"} 0',
      'wan_failover_wan_ipv6_active{wan="secondary"} 1',
    ],
  )
})

test('failovers are counted, also before anybody asked, and not twice', async () => {
  const metrics = new Metrics()
  metrics.count(exampleEvent)
  metrics.count({ ...exampleEvent, event_type: 'wan_down' })
  metrics.count({ ...exampleEvent, event_type: 'failback' })
  metrics.count(exampleEvent)
  for (const _ of [1, 2]) {
    const found = await samples(metrics, exampleSnapshot({ sidesteps: 3 }))
    assert.ok(found.includes('wan_failover_sidesteps_total 3'))
    assert.ok(found.includes('wan_failover_failovers_total 2'))
    assert.ok(found.includes('wan_failover_failbacks_total 1'))
  }
})

test('before the first snapshot there are no figures, rather than wrong ones', async () => {
  const found = await samples(new Metrics(), null)
  assert.deepEqual(
    found.filter((line) => /\{/.test(line)),
    [],
  )
})
