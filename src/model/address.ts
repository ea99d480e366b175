/**
 * Words for addresses. Everything past the option and kernel boundaries speaks canonical text:
 * `192.168.0.1`, `2001:db8::1`, and networks in CIDR form (`0.0.0.0/0` is the default route).
 */
export type Family = 'ipv4' | 'ipv6'

export const families: readonly Family[] = ['ipv4', 'ipv6']

/** One value for each family. */
export type ByFamily<Value> = Readonly<Record<Family, Value>>

export function byFamily<Value>(make: (family: Family) => Value): ByFamily<Value> {
  return { ipv4: make('ipv4'), ipv6: make('ipv6') }
}

/** Of a canonical address or network. */
export function familyOf(address: string): Family {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}

/** As people write them. */
export const familyNames: ByFamily<string> = { ipv4: 'IPv4', ipv6: 'IPv6' }

/** Before the name of a rule or a route: IPv4 goes without saying. */
export function familyWord(family: Family): string {
  return family === 'ipv4' ? '' : `${familyNames[family]} `
}

/** The destination that a default route of the family has. */
export const defaultDestination: Readonly<Record<Family, string>> = {
  ipv4: '0.0.0.0/0',
  ipv6: '::/0',
}
