/**
 * What must stand of ours on a host, written a second time from DESIGN's table, as printed objects.
 * It looks at the twin, on which the daemon never ran.
 */
import type { Family } from '../../../src/model/address.ts'
import type { HostState, Route, Rule } from '../../../src/model/host.ts'
import type { Line } from '../world/line.ts'
import { mainTable, type Topology } from '../world/topologies.ts'

const families: readonly Family[] = ['ipv4', 'ipv6']

/** All but the rules of priority 10900, which hang on the decision. */
export function expectedObjects(
  topology: Topology,
  { lines, twin }: { readonly lines: readonly Line[]; readonly twin: HostState },
): ReadonlySet<string> {
  const objects = new Set<string>()
  // Without any WAN's link there is nothing for nft to say.
  if (lines.some(({ link }) => link.present && link.leased)) objects.add('nft')
  objects.add('ipv4 rule 9990: to 224.0.0.0/4 lookup 254')
  objects.add('ipv4 rule 9991: to 255.255.255.255/32 lookup 254')
  for (const family of families) {
    objects.add(`${family} rule 10000: lookup 254 suppress 0`)
    const { use } = topology.settings.defaultPolicy
    if (use.length < lines.length) objects.add(`${family} rule 10901: unreachable`)
    for (const { place } of lines) {
      for (const rule of pinningRules(place.index, place.table)) objects.add(`${family} ${rule}`)
    }
  }
  for (const line of lines) {
    for (const object of routesOf(line, { lines, twin })) objects.add(object)
    if (line.place.shared) continue
    for (const rule of addressRules(line, twin)) objects.add(rule)
  }
  return objects
}

/** Without a table, what all of them begin with. */
export function activeRule(family: Family, table: number | ''): string {
  return `${family} rule 10900: lookup ${table}`
}

export function printRule(rule: Rule): string {
  const { mark, sourcePorts: ports, action } = rule
  const words = [
    mark === null ? '' : `mark ${hex(mark.value)}/${hex(mark.mask)}`,
    rule.incoming === null ? '' : `iif ${rule.incoming}`,
    rule.from === null ? '' : `from ${rule.from}`,
    rule.to === null ? '' : `to ${rule.to}`,
    rule.ipProtocol ?? '',
    ports === null ? '' : `sport ${ports.first}-${ports.last}`,
    action.kind === 'lookup' ? `lookup ${action.table}` : action.kind,
    action.kind === 'lookup' && action.suppressPrefixLength !== null
      ? `suppress ${action.suppressPrefixLength}`
      : '',
  ]
  return `${rule.family} rule ${rule.priority}: ${words.filter((word) => word !== '').join(' ')}`
}

export function printRoute(route: Route): string {
  const hops = route.nextHops.map(({ gateway, link }) => `via ${gateway ?? '-'} dev ${link}`)
  return `${route.family} route table ${route.table} ${route.destination} ${hops.join(', ')}`
}

function pinningRules(index: number, table: number): string[] {
  const ports = `sport ${61000 + 100 * index}-${61000 + 100 * index + 99}`
  const pairs: readonly (readonly [priority: number, selector: string])[] = [
    [9900 + 2 * index, `mark ${hex((0x09 + index) * 2 ** 24)}/0xff000000`],
    [9930 + 4 * index, `iif lo udp ${ports}`],
    [9932 + 4 * index, `iif lo tcp ${ports}`],
    [10010 + 2 * index, `mark ${hex((0x01 + index) * 2 ** 24)}/0xff000000`],
  ]
  return pairs.flatMap(([priority, selector]) => [
    `rule ${priority}: ${selector} lookup ${table}`,
    `rule ${priority + 1}: ${selector} unreachable`,
  ])
}

function addressRules({ place }: Line, twin: HostState): string[] {
  return twin.addresses
    .filter(({ link, family }) => link === place.link && hasGateway(place.link, family, twin))
    .map(({ family, address }) => {
      const length = family === 'ipv4' ? 32 : 128
      const priority = 10800 + place.index
      return `${family} rule ${priority}: from ${address}/${length} lookup ${place.table}`
    })
}

/** A WAN has IPv6 objects only where it has an IPv6 gateway. */
function hasGateway(link: string, family: Family, twin: HostState): boolean {
  if (family === 'ipv4') return true
  return twin.routes.some(
    ({ destination, nextHops }) => destination === '::/0' && nextHops[0]?.link === link,
  )
}

interface Known {
  readonly lines: readonly Line[]
  readonly twin: HostState
}

function routesOf({ place, link, gateway }: Line, { lines, twin }: Known): string[] {
  const { present, up, leased } = link
  const others = lines.filter((line) => line.place !== place).map((line) => line.gateway)
  const copies = twin.routes
    .filter((route) => route.table === mainTable && isCopied(route, others))
    .map((route) => printRoute({ ...route, table: place.table }))
  if (!present || !up || !leased) return copies
  const table = `table ${place.table}`
  const defaults = [`ipv4 route ${table} 0.0.0.0/0 via ${gateway} dev ${place.link}`]
  if (place.gateway6 !== null) {
    defaults.push(`ipv6 route ${table} ::/0 via ${place.gateway6} dev ${place.link}`)
  }
  return [...copies, ...defaults]
}

function isCopied({ destination, nextHops }: Route, otherGateways: readonly string[]): boolean {
  if (destination.endsWith('/0')) return false
  return !nextHops.some(({ gateway }) => gateway !== null && otherGateways.includes(gateway))
}

function hex(value: number): string {
  return `0x${value.toString(16)}`
}
