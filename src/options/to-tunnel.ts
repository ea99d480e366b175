import { byFamily, familyOf } from '../model/address.ts'
import type { WanSettings } from '../model/settings/settings.ts'
import { type ForwardSettings, tunnelLink } from '../model/settings/tunnel-settings.ts'
import type { ForwardOptions, TunnelOptions } from './schema/options-schema.ts'
import { tableByPosition } from './table-by-position.ts'

/** A tunnel as the WAN that it is; `lines` are those that it may ride on. */
export function toTunnelWan(
  tunnel: TunnelOptions,
  position: number,
  lines: readonly WanSettings[],
): WanSettings {
  const { name, kind, over, invitation, keepalive } = tunnel
  const endpoint = tunnel.endpoint ?? invitation?.endpoint
  const peerKey = tunnel.peer_key ?? invitation?.peerKey
  if (endpoint === undefined || peerKey === undefined) throw new Error(`${name} leads nowhere`)
  const address = invitation?.address ?? tunnel.address
  const has = byFamily((family) => address.some((one) => familyOf(one) === family))
  const index = lines.length + position
  return {
    name,
    index,
    ways: byFamily((family) => (has[family] ? { kind: 'link' } : { kind: 'none' })),
    interface: { kind: 'name', name: tunnelLink(name) },
    table: freeTable(index, position, lines),
    metered: false,
    capMb: 0,
    billingDay: 1,
    weight: 1,
    // No router of a provider stands before a public address of one's own.
    inbound: 'established',
    targets: { ipv4: [], ipv6: [] },
    tunnel: {
      kind,
      over: over.length === 0 ? lines.map((line) => line.name) : over,
      overGiven: over.length > 0,
      mode: tunnel.mode,
      bothMetered: tunnel.both_metered,
      endpoint,
      privateKey: tunnel.private_key ?? invitation?.privateKey ?? null,
      peerKey,
      address,
      inside: tunnel.inside ?? invitation?.inside ?? null,
      keepaliveSeconds: keepalive,
      mtu: tunnel.mtu ?? invitation?.mtu ?? null,
    },
  }
}

export function toForward({ tunnel, protocol, port, to }: ForwardOptions): ForwardSettings {
  return { tunnel, protocol, ports: port ?? null, to }
}

/** By position; past those that lines have been given by hand. */
function freeTable(index: number, position: number, lines: readonly WanSettings[]): number {
  const taken = new Set(lines.map(({ table }) => table))
  const free: number[] = []
  const first = index - position
  for (let at = first; free.length <= position; at += 1) {
    if (!taken.has(tableByPosition(at))) free.push(tableByPosition(at))
  }
  return free[position] ?? tableByPosition(index)
}
