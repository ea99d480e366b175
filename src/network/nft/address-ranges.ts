/** Addresses as ranges of whole numbers: what nft's maps want, each address in one range only. */
import ipaddr from 'ipaddr.js'
import type { Family } from '../../model/address.ts'

export interface Range<Value> {
  readonly first: bigint
  readonly last: bigint
  readonly value: Value
}

export interface AddressRange<Value> extends Range<Value> {
  readonly family: Family
}

/** The range of an address or a CIDR. */
export function rangeOf<Value>(cidr: string, value: Value): AddressRange<Value> {
  const [text = '', length] = cidr.split('/')
  // `ipaddr.parse` reads each twice, first to find out of which family it is.
  const address = text.includes(':') ? ipaddr.IPv6.parse(text) : ipaddr.IPv4.parse(text)
  const family = address.kind()
  const bits = family === 'ipv4' ? 32 : 128
  const size = 1n << BigInt(bits - Number(length ?? bits))
  const first = (numberOf(address.toByteArray()) / size) * size
  return { family, first, last: first + size - 1n, value }
}

/**
 * Cuts the ranges so that none overlap: of those that hold an address the first in the list keeps
 * it. All of one family; the result ascends.
 */
export function firstWins<One extends Range<unknown>>(ranges: readonly One[]): readonly One[] {
  const order = ranges.map((range, rank) => ({ range, rank }))
  const edges = [...new Set(ranges.flatMap(({ first, last }) => [first, last + 1n]))].sort(
    ascending,
  )
  order.sort((a, b) => ascending(a.range.first, b.range.first))
  const result: One[] = []
  let open: typeof order = []
  let next = 0
  for (const [i, edge] of edges.entries()) {
    const end = edges[i + 1]
    if (end === undefined) break
    open = open.filter(({ range }) => range.last >= edge)
    for (let one = order[next]; one?.range.first === edge; one = order[next]) {
      open.push(one)
      next += 1
    }
    const winner = open.reduce<(typeof open)[number] | null>(
      (best, one) => (best === null || one.rank < best.rank ? one : best),
      null,
    )
    if (winner !== null) append(result, { ...winner.range, first: edge, last: end - 1n })
  }
  return result
}

/** As nft writes it: one address, or the first and the last. */
export function rangeText({ family, first, last }: AddressRange<unknown>): string {
  const from = addressText(first, family)
  return first === last ? from : `${from}-${addressText(last, family)}`
}

/** Neighbours with the same value become one. */
function append<One extends Range<unknown>>(result: One[], range: One): void {
  const before = result.at(-1)
  if (before !== undefined && before.last + 1n === range.first && before.value === range.value) {
    result[result.length - 1] = { ...before, last: range.last }
  } else {
    result.push(range)
  }
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b)
}

function numberOf(bytes: readonly number[]): bigint {
  return bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n)
}

function addressText(number: bigint, family: Family): string {
  const length = family === 'ipv4' ? 4 : 16
  const bytes = Array.from({ length }, (_, i) =>
    Number((number >> BigInt(8 * (length - 1 - i))) & 255n),
  )
  return ipaddr.fromByteArray(bytes).toString()
}
