/** The published snapshot, composed from what the core knows. */
import type { ByFamily } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import type { Healths, LineQuality, WanHealth } from '../model/health.ts'
import type { Capabilities } from '../model/host.ts'
import type { OptionsChange } from '../model/published/options-page.ts'
import type {
  Ipv6Snapshot,
  OptionsNotice,
  PairSnapshot,
  PublishedCapabilities,
  ResolverSnapshot,
  Snapshot,
  TunnelSnapshot,
  WanSnapshot,
} from '../model/published/snapshot.ts'
import { gatewayOf, type Uplink } from '../model/uplink.ts'

export interface Known {
  readonly version: string
  readonly decision: Decision
  /** Why nothing of the decision is carried out; empty where all is. */
  readonly observing: readonly string[]
  readonly healths: Healths
  readonly qualities: ByFamily<ReadonlyMap<string, LineQuality>>
  readonly uplinks: readonly Uplink[]
  readonly publicAddresses: ReadonlyMap<string, string>
  readonly bytes: ReadonlyMap<string, { readonly received: number; readonly sent: number }>
  readonly metered?: MeteredFigures
  /** By WAN that is down, whose packets go down with it; left out: nobody's that we know of. */
  readonly lost?: ReadonlyMap<string, string>
  /** By address. */
  readonly resolvers?: ReadonlyMap<string, ResolverSnapshot>
  /** The WANs under suspicion, and how many sidesteps there were; left out: none. */
  readonly suspect?: readonly string[]
  readonly sidesteps?: number
  /** By name; left out: there is none. */
  readonly tunnels?: Readonly<Record<string, TunnelSnapshot>>
  /** Left out: the options are right. */
  readonly options?: OptionsNotice
  /** Left out: there is nothing to say of a change made on the page. */
  readonly optionsChange?: OptionsChange
  /** Left out: this box is alone. */
  readonly pair?: PairSnapshot
  readonly capabilities: Capabilities
  readonly problems: readonly string[]
  readonly nowMs: number
  /** Wall time at `nowMs`. */
  readonly wallMs: number
}

export interface MeteredFigures {
  readonly wans: ReadonlyMap<string, MeteredWan>
  /** By policy, its bytes of this month by all metered WANs. */
  readonly policies: ReadonlyMap<string, number>
}

export interface MeteredWan {
  readonly monthBytes: number
  readonly monthSince: string | null
  readonly capBytes: number | null
  /** Since its counters were made; null while there are none. */
  readonly received: number | null
  readonly sent: number | null
}

export function composeSnapshot(known: Known): Snapshot {
  const { decision, healths } = known
  const [obstacle] = known.observing
  const policies = [...decision.policies].map(([name, { ipv4, ipv6 }]) => {
    const mode = decision.chosen.get(name)
    const bytes = known.metered?.policies.get(name)
    return [
      name,
      {
        ...(obstacle === undefined
          ? { wan: ipv4.wan, wan6: ipv6.wan, reason: ipv4.reason }
          : { wan: null, wan6: null, reason: `observing only: ${obstacle}` }),
        ...(mode === undefined ? {} : { mode }),
        ...(bytes === undefined ? {} : { metered_bytes: bytes }),
      },
    ]
  })
  return {
    version: known.version,
    at: new Date(known.wallMs).toISOString(),
    mode: decision.mode,
    active: obstacle === undefined ? (decision.policies.get('default')?.ipv4.wan ?? null) : null,
    test_failover: {
      on: decision.test !== null,
      until: decision.test === null ? null : wallTime(decision.test.untilMs, known),
    },
    wans: Object.fromEntries(
      [...healths.ipv4].map(([name, health]) => [name, wan(name, health, known)]),
    ),
    policies: Object.fromEntries(policies),
    names: namesOf([...(known.resolvers ?? [])]),
    resolvers: Object.fromEntries(known.resolvers ?? []),
    suspect: known.suspect ?? [],
    sidesteps: known.sidesteps ?? 0,
    pair: known.pair ?? null,
    tunnels: known.tunnels ?? {},
    capabilities: publishedCapabilities(known.capabilities),
    problems: known.problems,
    ...(known.options === undefined ? {} : { options: known.options }),
    ...(known.optionsChange === undefined ? {} : { options_change: known.optionsChange }),
  }
}

export function publishedCapabilities(capabilities: Capabilities): PublishedCapabilities {
  const { nft, ctMark, conntrack, multipath, forwarding } = capabilities
  return { nft, ct_mark: ctMark, conntrack, multipath, forwarding }
}

function namesOf(resolvers: readonly (readonly [string, ResolverSnapshot])[]): Snapshot['names'] {
  if (resolvers.length === 0) return { state: 'unknown', reason: 'no DNS server is known' }
  const helps = resolvers.find(([, { state }]) => state === 'up')
  const rescued = resolvers.find(([, one]) => one.rescued)
  const [address, { reason }] = helps ?? rescued ?? resolvers[0] ?? ['', { reason: '' }]
  const isOver = resolvers.every(([, { state }]) => state === 'down')
  const otherwise = isOver ? 'down' : 'unknown'
  const state = helps === undefined && rescued === undefined ? otherwise : 'up'
  return { state, reason: `${address}: ${reason}` }
}

function wan(name: string, health: WanHealth, known: Known): WanSnapshot {
  const uplink = known.uplinks.find((candidate) => candidate.name === name)
  const notice = uplink?.ways.ipv4.notice ?? null
  const reasons = [health.reason, notice, known.lost?.get(name) ?? null]
  const quality = known.qualities.ipv4.get(name)
  const bytes = known.bytes.get(name)
  const metered = known.metered?.wans.get(name)
  return {
    state: health.state,
    reason: reasons.filter((reason) => reason !== null).join('; '),
    since: wallTime(health.sinceMs, known),
    latency_ms: rounded(quality?.latencyMs),
    jitter_ms: rounded(quality?.jitterMs),
    loss_percent: rounded(quality?.lossPercent),
    gateway: uplink === undefined ? null : gatewayOf(uplink, 'ipv4'),
    interface: uplink?.link ?? null,
    public_ip: known.publicAddresses.get(name) ?? null,
    ipv6: ipv6Of(name, known),
    rx_bytes: bytes?.received ?? metered?.received ?? null,
    tx_bytes: bytes?.sent ?? metered?.sent ?? null,
    ...(metered === undefined ? {} : monthOf(metered)),
  }
}

function ipv6Of(name: string, known: Known): Ipv6Snapshot | null {
  const health = known.healths.ipv6.get(name)
  const quality = known.qualities.ipv6.get(name)
  if (health === undefined || quality === undefined) return null
  return {
    state: health.state,
    reason: health.reason,
    since: wallTime(health.sinceMs, known),
    latency_ms: rounded(quality.latencyMs),
    loss_percent: rounded(quality.lossPercent),
  }
}

function monthOf({ monthBytes, monthSince, capBytes }: MeteredWan) {
  return { month_bytes: monthBytes, month_since: monthSince, cap_bytes: capBytes }
}

function wallTime(ms: number, { nowMs, wallMs }: Known): string {
  return new Date(wallMs + (ms - nowMs)).toISOString()
}

function rounded(value: number | null = null): number | null {
  return value === null ? null : Math.round(value * 10) / 10
}
