/** What a server wants of its machine, as one plain value: settings in, words of `ip` and nft out. */
import { type Family, familyOf } from '../../model/address.ts'
import { readEndpoint } from '../../model/tunnel/endpoint.ts'
import { readPortRange } from '../houses/port-range.ts'
import { familiesOf, insideOf, isWithin, type ServerSettings } from '../houses/server-settings.ts'
import { type Forward, serverLink, serverTables } from './server-table.ts'

export interface KernelSetting {
  /** Below /proc/sys. */
  readonly path: string
  readonly value: string
  /** Where it isn't this it stays; null: whatever it is. */
  readonly onlyFrom: string | null
}

export interface WantedNetwork {
  readonly uplink: string
  readonly mtu: number
  readonly inside: string
  /** The houses' networks, which lead into the tunnel. */
  readonly routes: readonly string[]
  /** Addresses for which this machine answers on the uplink. */
  readonly proxies: readonly string[]
  /** In this order. */
  readonly kernelSettings: readonly KernelSetting[]
  readonly tables: string
}

export interface WantedFrom {
  readonly settings: ServerSettings
  readonly uplink: string
  readonly helloPorts: Readonly<Record<Family, number>>
  readonly houseWords: readonly number[]
}

export function wantedNetwork(from: WantedFrom): WantedNetwork {
  const { settings, uplink, helloPorts, houseWords } = from
  const { houses, network } = settings
  const inside = insideOf(settings)
  const forwards = houses.flatMap(({ addresses, ports }) => {
    const to = addresses.find((one) => familyOf(one) === 'ipv4')?.split('/')[0] ?? ''
    return ports.flatMap((text): Forward[] => {
      const range = readPortRange(text)
      return range === null ? [] : [{ ...range, to }]
    })
  })
  const port = readEndpoint(settings.endpoint)?.port ?? 0
  const tables = { uplink, port, inside, network, helloPorts, houseWords, forwards }
  return {
    uplink,
    mtu: settings.mtu ?? usualMtu,
    inside,
    routes: houses.flatMap(({ addresses }) => addresses),
    proxies: houses.flatMap(({ reach, addresses }) =>
      reach === 'proxy'
        ? addresses.flatMap((one) => one.split('/')[0] ?? []).filter((one) => !isInner(one, from))
        : [],
    ),
    kernelSettings: kernelSettings(settings, uplink),
    tables: serverTables(tables),
  }
}

/** WireGuard's own, for an Ethernet's 1,500 bytes and an outer IPv6. */
const usualMtu = 1_420

function isInner(address: string, { settings }: WantedFrom): boolean {
  return isWithin(address, settings.network)
}

/**
 * Of IPv4 the two links alone forward: the machine's others stay as they are. IPv6 knows but one
 * switch for all; a machine that forwards doesn't take its default route from a router any more,
 * unless it is told to (accept_ra 2).
 */
function kernelSettings({ houses }: ServerSettings, uplink: string): readonly KernelSetting[] {
  const used = new Set(houses.flatMap((house) => [...familiesOf(house)]))
  const proxied = houses.some((house) => house.reach === 'proxy' && familiesOf(house).has('ipv6'))
  const ofLinks = [uplink, serverLink].map((link) => `net/ipv4/conf/${link}/forwarding`)
  const one = (path: string): KernelSetting => ({ path, value: '1', onlyFrom: null })
  const ipv6: readonly KernelSetting[] = [
    { path: `net/ipv6/conf/${uplink}/accept_ra`, value: '2', onlyFrom: '1' },
    one('net/ipv6/conf/all/forwarding'),
  ]
  return [
    ...ofLinks.map(one),
    ...(used.has('ipv6') ? ipv6 : []),
    ...(proxied ? [one(`net/ipv6/conf/${uplink}/proxy_ndp`)] : []),
  ]
}
