import type { HostState, Link } from '../../model/host.ts'
import type { SearchedLink } from '../../model/line-search.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { targetsOf } from '../../model/settings/targets-of.ts'
import { gatewayOf, type Uplink } from '../../model/uplink.ts'
import { resolveUplinks } from '../../network/uplinks.ts'
import { type FirstQuestion, firstRound } from '../../probe/lines/first-round.ts'

/**
 * Before lines that nobody knows yet carry anything: by which of them somebody answers. Nothing
 * changes for it; it takes two seconds where a line is dead, and next to nothing where all live.
 */
export function observeFirst(settings: Settings, host: HostState): Promise<ReadonlySet<string>> {
  const uplinks = resolveUplinks(settings.wans, host)
  const questions = settings.wans.flatMap((wan, at): FirstQuestion[] => {
    // A tunnel comes once lines stand.
    if (wan.tunnel !== undefined) return []
    const uplink = uplinks[at]
    const link = host.links.find(({ name }) => name === uplink?.link)
    const hop = uplink?.ways.ipv4.hop ?? null
    if (uplink === undefined || link?.up !== true || hop === null) return []
    const own = ownAddress(uplink)
    if (own === null) return []
    const targets = targetsOf(wan, settings.probe).ipv4.slice(0, mostTargets)
    const gateway = gatewayOf(uplink, 'ipv4')
    return [{ wan: wan.name, link: asSearched(link), own, gateway, targets }]
  })
  return firstRound(questions, settings.probe.dnsName)
}

function ownAddress({ ways }: Uplink): string | null {
  const usable = ways.ipv4.addresses.find((address) => address.usable)
  return usable?.address ?? null
}

function asSearched({ name, index, type, mac }: Link): SearchedLink {
  const isEthernet = type === 'ether'
  const nothing = { subnets: [], linkLocal: null, global6: [] }
  return { name, index, mac: isEthernet ? mac : null, direct: !isEthernet, ...nothing }
}

/** Of more no line needs an answer to count as one. */
const mostTargets = 3
