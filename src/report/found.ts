/** What a host offers for WANs: its links with their addresses and gateways, a line each. */
import { defaultDestination } from '../model/address.ts'
import type { HostState } from '../model/host.ts'
import { mainTable } from '../network/uplinks.ts'

export function describeFound(host: HostState): string[] {
  return host.links
    .filter(({ type, up }) => type !== 'loopback' && up)
    .flatMap(({ name }) => {
      const addresses = host.addresses
        .filter(({ link, scope }) => link === name && scope === 'global')
        .map(({ address, prefixLength }) => `${address}/${prefixLength}`)
      if (addresses.length === 0) return []
      const gateways = gatewaysOn(name, host)
      const way = gateways.length === 0 ? 'no default gateway' : `gateway ${gateways.join(', ')}`
      return [`${name} (${addresses.join(', ')}): ${way}`]
    })
}

function gatewaysOn(link: string, host: HostState): string[] {
  const hops = host.routes
    .filter(
      ({ table, family, destination }) =>
        table === mainTable && destination === defaultDestination[family],
    )
    .flatMap(({ nextHops }) => nextHops)
  const gateways = hops.filter((hop) => hop.link === link).map(({ gateway }) => gateway)
  return [...new Set(gateways.filter((gateway) => gateway !== null))]
}
