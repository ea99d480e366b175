/**
 * How a WAN without IPv6 counts where IPv6 is decided on. Where another line has it, this one is
 * `disabled`: IPv6 never goes there. Where nobody has it, or metered lines alone, IPv6 goes where
 * IPv4 goes: a stick must not carry a house's IPv6 for ever only because the house's own line has none.
 */
import type { ByFamily } from '../model/address.ts'
import type { WanHealth, WanHealths } from '../model/health.ts'
import type { WanSettings } from '../model/settings/settings.ts'

/** `watched` are the healths that probes show; in IPv6 only of the WANs that have it. */
export function ipv6Healths(
  wans: readonly WanSettings[],
  { ipv4, ipv6 }: ByFamily<WanHealths>,
): WanHealths {
  if (ipv6.size === 0) return ipv4
  const isShared = wans.some(({ name, metered }) => !metered && ipv6.has(name))
  const healths = wans.flatMap((wan): [string, WanHealth][] => {
    const follows = ipv4.get(wan.name)
    const health = ipv6.get(wan.name) ?? (isShared ? without(wan, follows) : follows)
    return health === undefined ? [] : [[wan.name, health]]
  })
  return new Map(healths)
}

/**
 * What may still come is unknown: it is neither left nor gone to. Until the line goes down: IPv6
 * has to have a way then.
 */
function without({ ways }: WanSettings, ipv4: WanHealth | undefined): WanHealth {
  const mayCome = ways.ipv6.kind !== 'none' && ipv4?.state !== 'down'
  return {
    state: mayCome ? 'unknown' : 'disabled',
    reason: mayCome ? 'it has no IPv6 yet' : 'it has no IPv6',
    sinceMs: ipv4?.sinceMs ?? 0,
    suspectedMs: null,
    holdDownMs: ipv4?.holdDownMs ?? 0,
    suspectSinceMs: null,
    answersSinceMs: null,
  }
}
