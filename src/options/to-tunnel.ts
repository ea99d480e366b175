import { byFamily, familyOf } from '../model/address.ts'
import type { WanSettings } from '../model/settings/settings.ts'
import {
  type ForwardSettings,
  type L2tpSettings,
  tunnelLink,
  type WireguardSettings,
} from '../model/settings/tunnel-settings.ts'
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
  if (endpoint === undefined) throw new Error(`${name} leads nowhere`)
  const address = invitation?.address ?? tunnel.address
  const has = byFamily(
    (family) =>
      // A server gives an IPv4 address to whoever dials.
      (kind === 'l2tp' && family === 'ipv4') || address.some((one) => familyOf(one) === family),
  )
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
      ...ownSettings(tunnel),
      over: over.length === 0 ? lines.map((line) => line.name) : over,
      overGiven: over.length > 0,
      bothMetered: tunnel.both_metered,
      endpoint,
      address,
      inside: tunnel.inside ?? invitation?.inside ?? null,
      keepaliveSeconds: keepalive,
      mtu: tunnel.mtu ?? invitation?.mtu ?? null,
    },
  }
}

type Own =
  | Pick<WireguardSettings, 'kind' | 'mode' | 'privateKey' | 'peerKey'>
  | Pick<L2tpSettings, 'kind' | 'mode' | 'username' | 'password'>

/** What each kind has for itself; `checks/` has seen to it that it is there. */
function ownSettings(tunnel: TunnelOptions): Own {
  const { name, kind, invitation, username, password, mode } = tunnel
  if (kind === 'l2tp') {
    if (username === undefined || password === undefined) throw new Error(`${name} can't dial`)
    return { kind, mode: 'roaming', username, password }
  }
  const peerKey = tunnel.peer_key ?? invitation?.peerKey
  if (peerKey === undefined) throw new Error(`${name} has no server's key`)
  const privateKey = tunnel.private_key ?? invitation?.privateKey ?? null
  return { kind, mode, privateKey, peerKey }
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
