/** The snapshot for a terminal, a line a fact. */
import type {
  Ipv6Snapshot,
  PolicySnapshot,
  Snapshot,
  WanSnapshot,
} from '../model/published/snapshot.ts'

type Told = Pick<Snapshot, 'mode' | 'active' | 'test_failover' | 'suspect' | 'problems'> & {
  readonly policies: Readonly<Record<string, Pick<PolicySnapshot, 'wan' | 'reason'>>>
  readonly names: { readonly state: string; readonly reason: string }
  readonly wans: Readonly<Record<string, ToldWan>>
}
type ToldWan = Pick<
  WanSnapshot,
  'reason' | 'latency_ms' | 'loss_percent' | 'gateway' | 'interface' | 'public_ip'
> & { readonly state: string; readonly ipv6?: ToldIpv6 | null | undefined }
/** `state` as the running daemon calls it. */
type ToldIpv6 = Pick<Ipv6Snapshot, 'reason' | 'latency_ms' | 'loss_percent'> & {
  readonly state: string
}

export function statusText(snapshot: Told): string[] {
  const names = Object.keys(snapshot.wans)
  const width = Math.max(0, ...names.map((name) => name.length))
  const lines = Object.entries(snapshot.wans).flatMap(([name, wan]) => {
    const mark = name === snapshot.active ? '*' : ' '
    const begin = `${mark} ${name.padEnd(width)}`
    const own = `${begin}  ${wan.state.padEnd(8)}  ${figures(wan)}  ${wan.reason}`
    return wan.ipv6 ? [own, ipv6Line(wan.ipv6, begin.length)] : [own]
  })
  const { on, until } = snapshot.test_failover
  lines.push(`mode ${snapshot.mode}${on ? `, a failover test until ${until}` : ''}`)
  for (const [name, { wan, reason }] of Object.entries(snapshot.policies)) {
    lines.push(`policy ${name}: ${wan ?? 'no WAN'} (${reason})`)
  }
  const { names: resolving } = snapshot
  lines.push(`names ${resolving.state}: ${resolving.reason}`)
  for (const wan of snapshot.suspect) lines.push(`${wan} has fallen silent, with no verdict yet`)
  return [...lines, ...snapshot.problems.map((problem) => `! ${problem}`)]
}

function ipv6Line({ state, reason, ...ipv6 }: ToldIpv6, width: number): string {
  return `${''.padEnd(width)}  ${state.padEnd(8)}  ${['IPv6', ...measures(ipv6)].join(', ')}  ${reason}`
}

function figures(wan: ToldWan): string {
  const where = `${wan.gateway ?? 'no gateway'} on ${wan.interface ?? 'no interface'}`
  const address = wan.public_ip === null ? [] : [wan.public_ip]
  return [where, ...measures(wan), ...address].join(', ')
}

function measures(measured: Pick<ToldWan, 'latency_ms' | 'loss_percent'>): string[] {
  const latency = measured.latency_ms === null ? [] : [`${measured.latency_ms} ms`]
  return measured.loss_percent === null ? latency : [...latency, `${measured.loss_percent} % lost`]
}
