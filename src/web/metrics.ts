/** The snapshot for Prometheus. The first request loads the library: few users ever send one. */
import type { Registry } from 'prom-client'
import type { HealthState } from '../model/health.ts'
import type { ChangeEvent, Snapshot, WanSnapshot } from '../model/published/snapshot.ts'

export interface RenderedMetrics {
  readonly type: string
  readonly text: string
}

export class Metrics {
  readonly #moves = { failover: 0, failback: 0 }
  #instruments: Promise<Instruments> | null = null

  count({ event_type }: ChangeEvent): void {
    if (event_type === 'failover' || event_type === 'failback') this.#moves[event_type] += 1
  }

  async render(snapshot: Snapshot | null): Promise<RenderedMetrics> {
    this.#instruments ??= createInstruments()
    const { registry, show } = await this.#instruments
    registry.resetMetrics()
    if (snapshot !== null) show(snapshot, this.#moves)
    return { type: registry.contentType, text: await registry.metrics() }
  }
}

interface Instruments {
  readonly registry: Registry
  show(snapshot: Snapshot, moves: { failover: number; failback: number }): void
}

/** In base units, see prometheus.io, "Metric and label naming": seconds, ratios, bytes. */
async function createInstruments(): Promise<Instruments> {
  const { Counter, Gauge, Registry } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Gauge({ name: `wan_failover_${name}`, help, labelNames, registers })
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `wan_failover_${name}`, help, labelNames, registers })
  const perWan = ['wan'] as ['wan']
  const up = gauge('wan_up', '1 where the WAN is up or degraded', perWan)
  const state = gauge('wan_state', '1 for the state that the WAN is in', ['wan', 'state'])
  const active = gauge('wan_active', '1 for the WAN of the default policy', perWan)
  const up6 = gauge('wan_ipv6_up', '1 where its IPv6 is up or degraded', perWan)
  const active6 = gauge('wan_ipv6_active', '1 for the WAN of the default policy, for IPv6', perWan)
  const latency = gauge('wan_latency_seconds', 'Round-trip time to the targets', perWan)
  const jitter = gauge('wan_jitter_seconds', 'How much the round-trip time varies', perWan)
  const loss = gauge('wan_loss_ratio', 'Share of the probes that were not answered', perWan)
  const received = counter('wan_received_bytes_total', "Of the WAN's own interface", perWan)
  const sent = counter('wan_sent_bytes_total', "Of the WAN's own interface", perWan)
  const failovers = counter('failovers_total', 'Moves to a later WAN since the start', [])
  const failbacks = counter('failbacks_total', 'Moves to an earlier WAN since the start', [])
  const sidesteps = counter('sidesteps_total', 'Times new connections avoided a silent WAN', [])
  const test = gauge('test_failover_on', '1 while a failover is tested', [])
  const problems = gauge('problems', 'How many problems need attention', [])
  const build = gauge('build_info', 'The version that runs', ['version'])

  const showWan = (wan: string, figures: WanSnapshot): void => {
    up.set({ wan }, isUp(figures.state) ? 1 : 0)
    for (const one of states) state.set({ wan, state: one }, one === figures.state ? 1 : 0)
    // Of a WAN without IPv6 there is nothing to say.
    if (figures.ipv6 !== null) up6.set({ wan }, isUp(figures.ipv6.state) ? 1 : 0)
    const { latency_ms, jitter_ms, loss_percent, rx_bytes, tx_bytes } = figures
    if (latency_ms !== null) latency.set({ wan }, latency_ms / 1000)
    if (jitter_ms !== null) jitter.set({ wan }, jitter_ms / 1000)
    if (loss_percent !== null) loss.set({ wan }, loss_percent / 100)
    if (rx_bytes !== null) received.inc({ wan }, rx_bytes)
    if (tx_bytes !== null) sent.inc({ wan }, tx_bytes)
  }
  return {
    registry,
    show(snapshot, moves) {
      for (const [wan, figures] of Object.entries(snapshot.wans)) {
        showWan(wan, figures)
        active.set({ wan }, snapshot.active === wan ? 1 : 0)
        const isActive6 = snapshot.policies['default']?.wan6 === wan
        if (figures.ipv6 !== null) active6.set({ wan }, isActive6 ? 1 : 0)
      }
      failovers.inc(moves.failover)
      failbacks.inc(moves.failback)
      sidesteps.inc(snapshot.sidesteps)
      test.set(snapshot.test_failover.on ? 1 : 0)
      problems.set(snapshot.problems.length)
      build.set({ version: snapshot.version }, 1)
    },
  }
}

function isUp(state: HealthState): boolean {
  return state === 'up' || state === 'degraded'
}

const states: readonly HealthState[] = ['unknown', 'up', 'degraded', 'down', 'disabled']
