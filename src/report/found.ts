/**
 * What a host offers for WANs: its links with their addresses and gateways, and the options that
 * would name them as WANs.
 */
import { defaultDestination } from '../model/address.ts'
import type { HostState, NextHop } from '../model/host.ts'
import { mainTable } from '../model/host.ts'
import type { FoundInterface } from '../model/published/setup.ts'
import { wanNames } from '../model/settings/wan-names.ts'

/** A line for each link with an address. */
export function describeFound(host: HostState): string[] {
  return foundInterfaces(host).map(({ name, addresses, gateways, point_to_point }) => {
    const none = point_to_point === true ? 'a line without a gateway' : 'no default gateway'
    const way = gateways.length === 0 ? none : `gateway ${gateways.join(', ')}`
    return `${name} (${addresses.join(', ')}): ${way}`
  })
}

export function foundInterfaces(host: HostState): readonly FoundInterface[] {
  return host.links
    .filter(({ type, up }) => type !== 'loopback' && up)
    .flatMap(({ name, type }) => {
      const addresses = host.addresses
        .filter(({ link, scope }) => link === name && scope === 'global')
        .map(({ address, prefixLength }) => `${address}/${prefixLength}`)
      if (addresses.length === 0) return []
      const gateways = gatewaysOn(name, host)
      const isLine = gateways.length === 0 && !isInternal(name, type) && hasDefault(name, host)
      return [{ name, type, addresses, gateways, ...(isLine ? { point_to_point: true } : {}) }]
    })
}

/**
 * YAML of `wans:` for the gateways that were found, in their order; where there are fewer than
 * two, with comments that say what else is needed.
 */
export function suggestWans(interfaces: readonly FoundInterface[]): string {
  const all = interfaces.flatMap(({ name, gateways, point_to_point }) => {
    const named = point_to_point === true ? ['auto'] : gateways
    return named.filter((gateway) => !gateway.includes(':')).map((gateway) => ({ name, gateway }))
  })
  // One router that is reached by cable and by Wi-Fi is one line to the Internet.
  const ways = all.filter(
    ({ gateway }, index) =>
      gateway === 'auto' || all.findIndex((way) => way.gateway === gateway) === index,
  )
  const [only] = ways
  if (only === undefined) return nothingFound()
  if (ways.length === 1) return `${entriesOf(ways)}${secondOf(only.name, interfaces)}`
  return entriesOf(ways.slice(0, wanNames.length))
}

/** `main` sends everything into it, as into PPPoE or an LTE stick without addresses of its own. */
function hasDefault(link: string, host: HostState): boolean {
  return defaultHops(link, host).length > 0
}

function gatewaysOn(link: string, host: HostState): string[] {
  const gateways = defaultHops(link, host).map(({ gateway }) => gateway)
  return [...new Set(gateways.filter((gateway) => gateway !== null))]
}

function defaultHops(link: string, { routes }: HostState): readonly NextHop[] {
  return routes
    .filter(
      ({ table, family, destination }) =>
        table === mainTable && destination === defaultDestination[family],
    )
    .flatMap(({ nextHops }) => nextHops)
    .filter((hop) => hop.link === link)
}

function nothingFound(): string {
  const lines = [
    'wans:',
    '  # No gateway was found. Connect your routers, then enter the address of each, like this:',
    ...commented(entry(0, '192.168.0.1', 'eth0')),
    ...commented(entry(1, '192.168.0.2', 'eth0')),
  ]
  return `${lines.join('\n')}\n`
}

function entriesOf(ways: readonly { name: string; gateway: string }[]): string {
  const entries = ways.map(({ name, gateway }, index) => entry(index, gateway, name))
  return `wans:\n${entries.join('')}`
}

function entry(index: number, gateway: string, link: string): string {
  return `  - name: ${wanNames[index]}\n    gateway: ${gateway}\n    interface: ${link}\n`
}

/** A link without a gateway may be the second line's, which only lacks a default route yet. */
function secondOf(used: string, interfaces: readonly FoundInterface[]): string {
  const other = interfaces.find(({ name, type }) => name !== used && !isInternal(name, type))
  const same = [
    '  # Only one gateway was found; you need a second one. Look up its address in the settings of',
    `  # the second router. If that is in the network of ${used} too, enter it like this:`,
    ...commented(entry(1, 'THE ADDRESS OF THE SECOND ROUTER', used)),
  ]
  if (other === undefined) return `${same.join('\n')}\n`
  const beside = [
    `  # If the second router is behind ${other.name}, which has no gateway yet:`,
    ...commented(entry(1, 'THE ADDRESS OF THE SECOND ROUTER', other.name)),
  ]
  return `${[...same, ...beside].join('\n')}\n`
}

function commented(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  #${line.slice(1)}`)
}

/** Docker's, the Supervisor's and VPNs' links lead to no router. */
function isInternal(name: string, type: string): boolean {
  return type === 'none' || /^(docker|hassio|br-|veth|virbr|wg|tailscale|tun|tap)/.test(name)
}
