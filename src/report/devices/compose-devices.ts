/**
 * The devices of the house, put together of what they leave behind on this host: who sends through
 * it and how much, and who is its neighbour and doesn't. A device with several addresses is one by
 * its MAC. It must never guess: a gateway that isn't certain is none.
 */
import { defaultDestination, families, familyOf } from '../../model/address.ts'
import type { Decision } from '../../model/decision.ts'
import type { DeviceNames, DeviceTraces } from '../../model/device-trace.ts'
import { type Address, type HostState, mainTable } from '../../model/host.ts'
import type { Device, Devices } from '../../model/published/devices.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { gatewayOf, type Uplink } from '../../model/uplink.ts'
import { contains, networkOf } from '../../network/networks.ts'
import { devicePolicies, meaningOf } from './device-policies.ts'
import { gatherDevices, type SeenDevice } from './gather-devices.ts'
import { networkLookup, type Place } from './network-lookup.ts'

export interface DevicesInput {
  readonly settings: Settings
  readonly uplinks: readonly Uplink[]
  readonly host: HostState
  /** Where new connections are led now. */
  readonly routed: Decision
  readonly traces: DeviceTraces
  readonly names: DeviceNames
  readonly maker: (mac: string) => string | null
  readonly wallMs: number
}

type Traced = Pick<DevicesInput, 'host' | 'uplinks' | 'traces'>

/** Whose names are worth asking for. */
export function deviceAddresses(input: Traced): readonly string[] {
  return inOrderOf(input)
    .slice(0, mostListed)
    .map(({ address }) => address)
}

export function composeDevices(input: DevicesInput): Devices {
  const { settings, host, traces } = input
  const facts: Facts = {
    gateways: gatewaysOf(input),
    policies: devicePolicies(settings.policies),
    isTested: meaningOf(settings.testFailover.devices),
    own: networkLookup(
      host.addresses
        .filter(({ usable }) => usable)
        .map((own) => ({ cidr: networkOf(own), value: own })),
    ),
  }
  const seen = inOrderOf(input)
  return {
    devices: seen.slice(0, mostListed).map((one) => describe(one, facts, input)),
    truncated: traces.isFull || seen.length > mostListed,
  }
}

/** Those that send most first, then the others by address. */
function inOrderOf(input: Traced): readonly SeenDevice[] {
  return gatherDevices(input, gatewaysOf(input)).toSorted(compare)
}

interface Facts {
  readonly gateways: readonly string[]
  readonly policies: ReturnType<typeof devicePolicies>
  readonly isTested: ReturnType<typeof meaningOf>
  /** This host's addresses in whose network another one lies. */
  readonly own: (place: Place) => readonly Address[]
}

function describe(
  one: SeenDevice,
  { gateways, policies, isTested, own }: Facts,
  { routed, names, maker, wallMs }: DevicesInput,
): Device {
  const { address, mac, bytes, quietMs } = one
  const through = quietMs !== null
  const { policy, meantBy } = policies(one)
  const network = own(one.place).toSorted((a, b) => b.prefixLength - a.prefixLength)[0] ?? null
  const here = network?.address ?? null
  const decided =
    (isTested(one) ? routed.tested.get(policy) : undefined) ?? routed.policies.get(policy)
  return {
    address,
    mac,
    maker: mac === null ? null : maker(mac),
    name: nameOf(one, names),
    through,
    bytes: Object.fromEntries(bytes),
    policy,
    meant_by: meantBy,
    wan: through ? (decided?.[familyOf(address)].wan ?? null) : null,
    last_seen: quietMs === null ? null : new Date(wallMs - quietMs).toISOString(),
    gateway: through ? here : onlyGateway(network, gateways, one),
    here,
  }
}

function nameOf({ mac, addresses }: SeenDevice, { byAddress, byMac }: DeviceNames): string | null {
  const named = addresses.map((address) => byAddress.get(address))
  return (mac === null ? undefined : byMac.get(mac)) ?? named.find((name) => name) ?? null
}

/** The gateway of a network, where there is but one beside this host. */
function onlyGateway(
  network: Address | null,
  gateways: readonly string[],
  { addresses }: SeenDevice,
): string | null {
  if (network === null) return null
  const there = gateways.filter((gateway) => contains(networkOf(network), gateway))
  const [only, ...others] = there.filter((gateway) => !addresses.includes(gateway))
  return others.length === 0 ? (only ?? null) : null
}

/** Every gateway that this host knows, by the options or by `main`. */
function gatewaysOf({ host, uplinks }: Traced): readonly string[] {
  const given = uplinks.flatMap((uplink) =>
    families.flatMap((family) => gatewayOf(uplink, family) ?? []),
  )
  const standing = host.routes
    .filter(
      ({ table, family, destination }) =>
        table === mainTable && destination === defaultDestination[family],
    )
    .flatMap(({ nextHops }) => nextHops.flatMap(({ gateway }) => gateway ?? []))
  return [...new Set([...given, ...standing])]
}

function compare(a: SeenDevice, b: SeenDevice): number {
  if (a.quietMs === null || b.quietMs === null) {
    if (a.quietMs !== b.quietMs) return a.quietMs === null ? 1 : -1
  }
  const bytes = sum(b) - sum(a)
  return bytes === 0 ? byNumbers.compare(a.address, b.address) : bytes
}

function sum({ bytes }: SeenDevice): number {
  return [...bytes.values()].reduce((all, one) => all + one, 0)
}

const byNumbers = new Intl.Collator('en', { numeric: true })

/** Far more than a house has; an answer of 200 kB at most. */
const mostListed = 512
