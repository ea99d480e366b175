/** The snapshot for a terminal, a line a fact. */
import type { PolicySnapshot, Snapshot, WanSnapshot } from '../model/published/snapshot.ts'

type Told = Pick<Snapshot, 'mode' | 'active' | 'test_failover' | 'suspect' | 'problems'> & {
  readonly policies: Readonly<Record<string, Pick<PolicySnapshot, 'wan' | 'reason'>>>
  readonly names: { readonly state: string; readonly reason: string }
  readonly wans: Readonly<Record<string, ToldWan>>
}
type ToldWan = Pick<
  WanSnapshot,
  'reason' | 'latency_ms' | 'loss_percent' | 'gateway' | 'interface' | 'public_ip'
> & { readonly state: string }

export function statusText(snapshot: Told): string[] {
  const names = Object.keys(snapshot.wans)
  const width = Math.max(0, ...names.map((name) => name.length))
  const lines = Object.entries(snapshot.wans).map(([name, wan]) => {
    const mark = name === snapshot.active ? '*' : ' '
    return `${mark} ${name.padEnd(width)}  ${wan.state.padEnd(8)}  ${figures(wan)}  ${wan.reason}`
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

function figures(wan: ToldWan): string {
  const where = `${wan.gateway ?? 'no gateway'} on ${wan.interface ?? 'no interface'}`
  const parts = [where]
  if (wan.latency_ms !== null) parts.push(`${wan.latency_ms} ms`)
  if (wan.loss_percent !== null) parts.push(`${wan.loss_percent} % lost`)
  if (wan.public_ip !== null) parts.push(wan.public_ip)
  return parts.join(', ')
}
