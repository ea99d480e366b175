/** The gateways that this host has heard of in one way or another. */
import { defaultDestination, familyOf } from '../model/address.ts'
import type { HostState } from '../model/host.ts'
import type { KnownGateway } from '../model/line-search.ts'
import { gatewayOf, type Uplink } from '../model/uplink.ts'

/** IPv4, those of the configured WANs first, then those of the default routes. */
export function knownGateways(
  host: HostState,
  uplinks: readonly Uplink[],
): readonly KnownGateway[] {
  const configured = uplinks.flatMap((uplink): KnownGateway[] => {
    const address = gatewayOf(uplink, 'ipv4')
    const { link } = uplink
    return link === null || address === null ? [] : [{ link, address, foundBy: 'configured' }]
  })
  const routed = host.routes
    .filter(({ family, destination }) => destination === defaultDestination[family])
    .toSorted((one, other) => one.metric - other.metric)
    .flatMap(({ nextHops }) => nextHops)
    .flatMap(({ link, gateway }): KnownGateway[] =>
      gateway === null || familyOf(gateway) === 'ipv6'
        ? []
        : [{ link, address: gateway, foundBy: 'default_route' }],
    )
  return [...configured, ...routed]
}
