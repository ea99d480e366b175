import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  type AddressRange,
  firstWins,
  rangeOf,
  rangeText,
} from '../../../src/network/nft/address-ranges.ts'

const cut = (...cidrs: readonly string[]) =>
  firstWins(cidrs.map((cidr, i) => rangeOf(cidr, i))).map(
    (one) => `${rangeText(one)}: ${one.value}`,
  )

const rows: readonly (readonly [name: string, cidrs: readonly string[], cut: readonly string[]])[] =
  [
    ['an address is a range of one', ['192.168.0.50'], ['192.168.0.50: 0']],
    ['host bits of a network do not count', ['10.0.0.7/30'], ['10.0.0.4-10.0.0.7: 0']],
    ['everything is a range as well', ['0.0.0.0/0'], ['0.0.0.0-255.255.255.255: 0']],
    [
      'one device before its network keeps its place in the middle',
      ['10.0.0.4', '10.0.0.0/29'],
      ['10.0.0.0-10.0.0.3: 1', '10.0.0.4: 0', '10.0.0.5-10.0.0.7: 1'],
    ],
    [
      'a device behind its network has nothing left',
      ['10.0.0.0/29', '10.0.0.4'],
      ['10.0.0.0-10.0.0.7: 0'],
    ],
    ['IPv6 is cut alike', ['fd00::ff', 'fd00::/120'], ['fd00::-fd00::fe: 1', 'fd00::ff: 0']],
  ]

describe('ranges of which the first wins', () => {
  for (const [name, cidrs, expected] of rows) {
    test(`${name}: ${cidrs.join(' ')}`, () => assert.deepEqual(cut(...cidrs), expected))
  }

  test('neighbours with the same value become one', () => {
    const ranges = ['10.0.0.0/31', '10.0.0.2/31'].map((cidr) => rangeOf(cidr, 'same'))
    assert.deepEqual(firstWins(ranges).map(rangeText), ['10.0.0.0-10.0.0.3'])
  })

  test('each address keeps the first range that holds it, and no two ranges overlap', () => {
    const range = fc
      .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 10 }))
      .map(([first, more]) => ({ first: BigInt(first), last: BigInt(first + more) }))
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), (given) => {
        const ranges = given.map(
          (one, value): AddressRange<number> => ({ ...one, value, family: 'ipv4' }),
        )
        const result = firstWins(ranges)
        for (let address = 0n; address <= 51n; address++) {
          const holds = (one: AddressRange<number>) => one.first <= address && address <= one.last
          assert.deepEqual(
            result.filter(holds).map(({ value }) => value),
            ranges
              .filter(holds)
              .map(({ value }) => value)
              .slice(0, 1),
          )
        }
      }),
    )
  })
})
