/**
 * What a search for lines needs of the rest: it hands the host as it was read to `lines/`, sends out
 * what that wants asked, and has it judge what was heard.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { DaemonView } from '../../daemon/daemon.ts'
import { routerNeighbours } from '../../kernel/reading/router-neighbours.ts'
import { foundLines } from '../../lines/found-lines.ts'
import { knownGateways } from '../../lines/known-gateways.ts'
import { searchedLinks, sticksWithoutAddress } from '../../lines/searched-links.ts'
import { defaultDestination } from '../../model/address.ts'
import type { HostState } from '../../model/host.ts'
import type { HeardLines, KnownGateway, LinePlan } from '../../model/line-search.ts'
import type { FoundInterface } from '../../model/published/setup.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { hearLines } from '../../probe/lines/hear-lines.ts'
import { loadMakers } from '../../probe/makers/maker-names.ts'
import { leasedGateways } from './leased-gateways.ts'
import type { FindLines, Found } from './line-search.ts'

export interface SearchParts {
  readonly settings: Settings
  /** null: the daemon hasn't read the host yet. */
  readonly view: () => Pick<DaemonView, 'host' | 'uplinks'> | null
  /** As the Supervisor knows them; empty without one. */
  readonly interfaces: () => Promise<readonly FoundInterface[]>
}

export function searchLines({ settings, view, interfaces }: SearchParts): FindLines {
  return async (soFar) => {
    const seen = view()
    if (seen === null) {
      return { lines: [], notes: ['this host has not been read yet: search again in a moment'] }
    }
    const { host, uplinks } = seen
    const [told, leased, routers6, makerOf] = await Promise.all([
      Promise.race([interfaces(), pause(toldWithinMs, [])]),
      leasedGateways(host.links),
      routerNeighbours(gateways6(host)),
      loadMakers(),
    ])
    const gateways = [...knownGateways(host, uplinks), ...toldGateways(told), ...leased]
    const links = searchedLinks(host, gateways)
    const plan = planOf(settings, { links, gateways, routers6 })
    const judge = (heard: HeardLines): Found =>
      foundLines({ plan, heard, uplinks, wans: settings.wans, makerOf })
    const heard = await hearLines(plan, (some) => soFar(judge(some)))
    const { lines, notes } = judge(heard)
    const troubles = [
      ...(plan.links.length === 0 ? ['no interface of this host is up and has an address'] : []),
      ...sticksWithoutAddress(host).map(
        (name) => `${name} is up but has no IPv4 address: nobody there has given it one`,
      ),
      ...(heard.trouble === null ? [] : [`not all could be asked: ${heard.trouble}`]),
    ]
    return { lines, notes: [...troubles, ...notes] }
  }
}

function planOf(
  { probe }: Settings,
  found: Pick<LinePlan, 'links' | 'gateways' | 'routers6'>,
): LinePlan {
  const { ipv4, ipv6 } = probe.targets
  const [targets, targets6] = [ipv4.slice(0, mostTargets), ipv6.slice(0, mostTargets)]
  return { ...found, targets, targets6, dnsName: probe.dnsName }
}

function gateways6({ routes }: HostState): string[] {
  return routes
    .filter(({ destination }) => destination === defaultDestination.ipv6)
    .flatMap(({ nextHops }) => nextHops.flatMap(({ gateway }) => gateway ?? []))
}

/** What NetworkManager has learnt, by way of the Supervisor, even where it is in no table. */
function toldGateways(interfaces: readonly FoundInterface[]): KnownGateway[] {
  return interfaces.flatMap(({ name, gateways }) =>
    gateways
      .filter((address) => !address.includes(':'))
      .map((address) => ({ link: name, address, foundBy: 'dhcp' as const })),
  )
}

/** The Supervisor answers at once, or is busy with something else. */
const toldWithinMs = 1_000
/** Of more no line needs an answer to count as one. */
const mostTargets = 4
