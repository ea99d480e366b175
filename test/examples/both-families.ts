import type { ByFamily } from '../../src/model/address.ts'

/** The same for IPv4 and IPv6. */
export function bothFamilies<Value>(value: Value): ByFamily<Value> {
  return { ipv4: value, ipv6: value }
}
