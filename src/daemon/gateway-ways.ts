/**
 * Whether the host still has its way to each gateway: by the tables of others, which a change of ours
 * must not cover, and by what the kernel itself says.
 */
import type { Kernel } from '../kernel/port.ts'
import type { HostState, NextHop } from '../model/host.ts'
import { gatewayOf, type Uplink } from '../model/uplink.ts'
import { tablesOfOthers } from '../network/obstacles.ts'
import { walk } from '../network/routes/route-walk.ts'

/** Whose way stood before, and stands by what others set up; with ours it doesn't. */
export async function lostWays(
  uplinks: readonly Uplink[],
  { before, after }: { readonly before: HostState; readonly after: HostState },
  kernel: Pick<Kernel, 'routeGet'>,
): Promise<readonly Uplink[]> {
  const lost: Uplink[] = []
  for (const uplink of uplinks) {
    const way = wayOfOthers(uplink, after)
    // Half of ours, the rest deleted by another program, may have led astray before.
    if (way === null || !isSame(walk(before, way.packet).nextHop, way.hop)) continue
    if (!isSame((await kernel.routeGet(way.packet)).nextHop, way.hop)) lost.push(uplink)
  }
  return lost
}

/** Whether the ways of all of them stand. */
export async function haveWays(
  uplinks: readonly Uplink[],
  host: HostState,
  kernel: Pick<Kernel, 'routeGet'>,
): Promise<boolean> {
  for (const uplink of uplinks) {
    const way = wayOfOthers(uplink, host)
    if (way === null) return false
    if (!isSame((await kernel.routeGet(way.packet)).nextHop, way.hop)) return false
  }
  return true
}

/** To its gateway, if we set up nothing; null: there is none, or it isn't ours to judge. */
function wayOfOthers(uplink: Uplink, host: HostState) {
  const { link, ways } = uplink
  const gateway = gatewayOf(uplink, 'ipv4')
  if (gateway === null || ways.ipv4.problem !== null) return null
  const packet = { family: 'ipv4', target: gateway } as const
  const hop = walk(tablesOfOthers(host), packet).nextHop
  return hop?.link === link ? { packet, hop } : null
}

type Way = Pick<NextHop, 'link' | 'gateway'>

function isSame(one: Way | null, other: Way): boolean {
  return one?.link === other.link && one.gateway === other.gateway
}
