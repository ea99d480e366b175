/**
 * A house comes, goes, or gets another key: settings to settings, or to what is wrong with it. Pure;
 * keys are made by who calls. The house's private key stands in its invitation and nowhere here.
 */
import ipaddr from 'ipaddr.js'
import * as v from 'valibot'
import { familyOf } from '../../model/address.ts'
import { readEndpoint } from '../../model/tunnel/endpoint.ts'
import { overlap, readPortRange } from './port-range.ts'
import {
  type HouseSettings,
  houseName,
  insideOf,
  nthOf,
  type Reach,
  readNetwork,
  type ServerSettings,
} from './server-settings.ts'

export interface WantedHouse {
  readonly name: string
  readonly publicKey: string
  /** None: one of the network inside, behind this machine's own. */
  readonly addresses: readonly string[]
  readonly reach: Reach
  readonly ports: readonly string[]
}

/** A text says what is wrong, and what would be right. */
export function addHouse(settings: ServerSettings, wanted: WantedHouse): ServerSettings | string {
  const { name, publicKey, reach, ports } = wanted
  if (!v.is(houseName, name))
    return `${JSON.stringify(name)} is no name: small letters, digits, - _`
  if (settings.houses.some((house) => house.name === name)) {
    return `there is a house ${name} already; remove it first, or give it a new key by rekey`
  }
  if (settings.houses.length >= 32) return 'there are 32 houses, more are not possible'
  const own = readAddresses(settings, wanted)
  if (typeof own === 'string') return own
  const wrongPort = ports.map((port) => portProblem(settings, port)).find((one) => one !== null)
  if (wrongPort !== undefined) return wrongPort
  const hasIpv4 = own.some((address) => familyOf(address) === 'ipv4')
  const inner = hasIpv4 ? null : freeInner(settings)
  if (inner === undefined) return `the network ${settings.network} has no free address left`
  const addresses = inner === null ? [...own] : [`${inner}/32`, ...own]
  const house: HouseSettings = { name, public_key: publicKey, addresses, reach, ports: [...ports] }
  return { ...settings, houses: [...settings.houses, house] }
}

export function removeHouse(settings: ServerSettings, name: string): ServerSettings | string {
  const houses = settings.houses.filter((house) => house.name !== name)
  return houses.length < settings.houses.length ? { ...settings, houses } : noHouse(settings, name)
}

export function rekeyHouse(
  settings: ServerSettings,
  name: string,
  publicKey: string,
): ServerSettings | string {
  if (!settings.houses.some((house) => house.name === name)) return noHouse(settings, name)
  const houses = settings.houses.map((house) =>
    house.name === name ? { ...house, public_key: publicKey } : house,
  )
  return { ...settings, houses }
}

function noHouse({ houses }: ServerSettings, name: string): string {
  const names = houses.map((house) => house.name).join(', ')
  return `there is no house ${name}; there ${names === '' ? 'is none' : `are: ${names}`}`
}

function readAddresses(settings: ServerSettings, wanted: WantedHouse): readonly string[] | string {
  const addresses: string[] = []
  for (const text of wanted.addresses) {
    const address = readNetwork(text)
    if (address === null) return `${JSON.stringify(text)} is no address like 203.0.113.80/32`
    const holder = settings.houses.find((house) =>
      house.addresses.some((other) => touches(other, address)),
    )
    if (holder !== undefined) return `${address} is the house ${holder.name}'s`
    if (touches(settings.network, address)) return `${address} is within ${settings.network}`
    const { host } = readEndpoint(settings.endpoint) ?? { host: '' }
    if (
      ipaddr.isValid(host) &&
      touches(`${host}/${familyOf(host) === 'ipv4' ? 32 : 128}`, address)
    ) {
      return `${address} is this machine's own; leave the address out and name ports by --port`
    }
    if (wanted.reach === 'proxy' && !/\/(32|128)$/.test(address)) {
      return `--proxy is for single addresses, ${address} is a network`
    }
    addresses.push(address)
  }
  return [...new Set(addresses)].sort((a, b) => Number(a.includes(':')) - Number(b.includes(':')))
}

function portProblem({ endpoint, houses }: ServerSettings, text: string): string | null {
  const range = readPortRange(text)
  if (range === null) return `${JSON.stringify(text)} is no port like tcp/443 or udp/5000-5010`
  const port = readEndpoint(endpoint)?.port ?? 0
  if (overlap(range, { protocol: 'udp', first: port, last: port })) {
    return `${text} holds WireGuard's own port ${port}`
  }
  for (const house of houses) {
    const taken = house.ports.find((other) => {
      const held = readPortRange(other)
      return held !== null && overlap(range, held)
    })
    if (taken !== undefined) return `${taken} leads to the house ${house.name} already`
  }
  return null
}

function freeInner({ network, houses }: ServerSettings): string | undefined {
  const taken = new Set(houses.flatMap(({ addresses }) => addresses))
  const inside = insideOf({ network })
  const size = 2 ** (32 - Number(network.split('/')[1]))
  for (let nth = 2; nth < Math.min(size - 1, 64); nth += 1) {
    const address = nthOf(network, nth)
    if (address !== inside && !taken.has(`${address}/32`)) return address
  }
  return undefined
}

/** Whether two networks have an address in common. */
function touches(one: string, other: string): boolean {
  const [[a, lengthA], [b, lengthB]] = [ipaddr.parseCIDR(one), ipaddr.parseCIDR(other)]
  return a.kind() === b.kind() && a.match(b, Math.min(lengthA, lengthB))
}
