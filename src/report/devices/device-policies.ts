/**
 * Which policies mean a device, whatever it does. It tells the same as `policy-of.ts` does for a
 * packet, but for hundreds of devices and a thousand policies at once, between two turns.
 */
import { familyOf } from '../../model/address.ts'
import type { Matcher, PolicySettings } from '../../model/settings/settings.ts'
import { asNetwork, prefixLengthOf } from '../../network/networks.ts'
import { networkLookup, type Place } from './network-lookup.ts'

export interface DeviceIdentity {
  readonly address: string
  readonly place: Place
  readonly mac: string | null
}

export interface Meaning {
  /** The first that means it; `default` where none does. */
  readonly policy: string
  /** Those that would, without the entries that are for it alone. */
  readonly meantBy: readonly string[]
}

/** Those for some destinations, protocols or ports only are no device's policy. */
export function devicePolicies(
  policies: readonly PolicySettings[],
): (device: DeviceIdentity) => Meaning {
  const whole = policies.filter(
    ({ to, protocol, ports }) => to.length === 0 && protocol === 'any' && ports.length === 0,
  )
  const meaners = whole.map(({ name, from }) => ({ name, ...meaner(from) }))
  return (device) => {
    const policy = meaners.find(({ alone, wide }) => alone(device) || wide(device))
    const meantBy = meaners.filter(({ wide }) => wide(device)).map(({ name }) => name)
    return { policy: policy?.name ?? 'default', meantBy }
  }
}

/** Whether matchers mean a device. */
export function meaningOf(matchers: readonly Matcher[]): (device: DeviceIdentity) => boolean {
  const { alone, wide } = meaner(matchers)
  return (device) => alone(device) || wide(device)
}

interface Meaner {
  /** By an entry for this device. */
  readonly alone: (device: DeviceIdentity) => boolean
  /** By a network, or as one of all. */
  readonly wide: (device: DeviceIdentity) => boolean
}

function meaner(matchers: readonly Matcher[]): Meaner {
  const all = matchers.some(({ kind }) => kind === 'all')
  const macs = new Set(matchers.flatMap((one) => (one.kind === 'mac' ? [one.mac] : [])))
  const cidrs = matchers.flatMap((one) => (one.kind === 'address' ? [asNetwork(one.cidr)] : []))
  const addresses = new Set(cidrs.filter(isAddress).map((cidr) => cidr.split('/')[0] ?? ''))
  const networks = networkLookup(
    cidrs.filter((cidr) => !isAddress(cidr)).map((cidr) => ({ cidr, value: true })),
  )
  return {
    alone: ({ address, mac }) => addresses.has(address) || (mac !== null && macs.has(mac)),
    wide: ({ place }) => all || networks(place).length > 0,
  }
}

function isAddress(cidr: string): boolean {
  return prefixLengthOf(cidr) === (familyOf(cidr) === 'ipv4' ? 32 : 128)
}
