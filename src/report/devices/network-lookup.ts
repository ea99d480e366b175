import type { Family } from '../../model/address.ts'
import { asNetwork } from '../../network/networks.ts'
import { rangeOf } from '../../network/nft/address-ranges.ts'

/** An address as a number: it is parsed once, and compared with hundreds of networks. */
export interface Place {
  readonly family: Family
  readonly number: bigint
}

export function placeOf(address: string): Place {
  const { family, first } = rangeOf(asNetwork(address), null)
  return { family, number: first }
}

/** Which values stand for networks that an address lies in. */
export function networkLookup<Value>(
  networks: readonly { readonly cidr: string; readonly value: Value }[],
): (place: Place) => readonly Value[] {
  const ranges = networks.map(({ cidr, value }) => rangeOf(cidr, value))
  return ({ family, number }) =>
    ranges
      .filter((one) => one.family === family && one.first <= number && number <= one.last)
      .map(({ value }) => value)
}
