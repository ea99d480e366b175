/** Each line as the picture shows it. */
import type { HealthState } from '../../../model/health.ts'
import type { Setup } from '../../../model/published/setup.ts'
import type { Snapshot, WanSnapshot } from '../../../model/published/snapshot.ts'
import type { Formats } from '../texts/formats.ts'
import type { Texts } from '../texts/texts.ts'
import type { Voice } from '../texts/voice.ts'

export interface WanView {
  readonly name: string
  readonly state: HealthState
  readonly stateText: string
  /** It carries the default policy. */
  readonly inUse: boolean
  /** The default policy's packets go by it: it carries the policy, or the tunnel that does. */
  readonly flows: boolean
  /** The lines that carry it now, and in words; null: it is a line itself. */
  readonly tunnel: { readonly rides: readonly string[]; readonly text: string } | null
  /** Healthy, and waiting to be needed. */
  readonly standby: boolean
  readonly metered: boolean
  readonly since: string
  readonly reason: string
  readonly latency: string
  /** null: not shown. */
  readonly loss: string | null
  /** Gateway and interface; null if neither is known. */
  readonly via: string | null
  readonly publicAddress: string | null
  /** Its IPv6, and why it is so unless it is well; null if it has none. */
  readonly ipv6: {
    readonly state: HealthState
    readonly stateText: string
    readonly reason: string | null
  } | null
  /** null if nobody counts: nothing tells several lines on one interface apart. */
  readonly traffic: { readonly received: string; readonly sent: string } | null
  /** Policies other than the default one that use it now. */
  readonly carries: readonly string[]
}

export interface WanViewsInput extends Voice {
  readonly snapshot: Snapshot
  readonly setup: Setup | null
  readonly nowMs: number
}

export function wanViews(input: WanViewsInput): readonly WanView[] {
  const { snapshot, setup } = input
  const wanted = (setup?.wans ?? []).map(({ name }) => name)
  const all = new Set([...wanted, ...Object.keys(snapshot.wans)])
  // A tunnel stands above the lines that it rides on.
  const isTunnel = (name: string) => snapshot.tunnels[name] !== undefined
  const names = [...all].sort((a, b) => Number(isTunnel(b)) - Number(isTunnel(a)))
  return names.flatMap((name) => {
    const wan = snapshot.wans[name]
    return wan === undefined ? [] : [wanView(name, wan, input)]
  })
}

function wanView(name: string, wan: WanSnapshot, input: WanViewsInput): WanView {
  const { snapshot, setup, nowMs, texts, formats } = input
  const sinceMs = Date.parse(wan.since)
  const duration = formats.duration(nowMs - sinceMs)
  const flows = snapshot.active === name || ridesOf(snapshot.active, snapshot).includes(name)
  const silent = wan.state === 'down' || wan.state === 'disabled'
  return {
    name,
    state: wan.state,
    stateText: texts.states[wan.state],
    inUse: snapshot.active === name,
    flows,
    tunnel: tunnelOf(name, snapshot, texts),
    standby: !flows && (wan.state === 'up' || wan.state === 'degraded'),
    metered: setup?.wans.find((one) => one.name === name)?.metered ?? false,
    since: texts.picture.since(formats.moment(sinceMs, nowMs), duration),
    reason: wan.reason,
    latency: formats.milliseconds(silent ? null : wan.latency_ms),
    loss: formats.percent(wan.loss_percent),
    via: viaOf(wan, texts),
    publicAddress: wan.public_ip,
    ipv6: ipv6Of(wan, texts),
    traffic: trafficOf(wan, formats),
    carries: Object.entries(snapshot.policies)
      .filter(([policy, { wan: used }]) => policy !== 'default' && used === name)
      .map(([policy]) => policy),
  }
}

function ridesOf(name: string | null, { tunnels }: Snapshot): readonly string[] {
  const { line = null, second } = tunnels[name ?? ''] ?? {}
  return [line, second].filter((one) => one != null)
}

function tunnelOf(name: string, snapshot: Snapshot, texts: Texts): WanView['tunnel'] {
  if (snapshot.tunnels[name] === undefined) return null
  const rides = ridesOf(name, snapshot)
  const [line, second] = rides
  const t = texts.picture
  if (line === undefined) return { rides, text: t.ridesNowhere }
  return { rides, text: second === undefined ? t.rides(line) : t.ridesBoth(line, second) }
}

function ipv6Of({ ipv6 }: WanSnapshot, texts: Texts): WanView['ipv6'] {
  if (ipv6 === null) return null
  const { state, reason } = ipv6
  return { state, stateText: texts.states[state], reason: state === 'up' ? null : reason }
}

function trafficOf({ rx_bytes, tx_bytes }: WanSnapshot, formats: Formats): WanView['traffic'] {
  if (rx_bytes === null && tx_bytes === null) return null
  return { received: formats.bytes(rx_bytes), sent: formats.bytes(tx_bytes) }
}

function viaOf({ gateway, interface: link }: WanSnapshot, texts: Texts): string | null {
  if (gateway !== null && link !== null) return texts.picture.via(gateway, link)
  return gateway ?? link
}
