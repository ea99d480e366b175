/** `gateway` and `gateway6`: an address, or a word for a way that no address names. */
import type { ByFamily, Family } from '../../model/address.ts'
import type { GivenWay } from '../../model/uplink.ts'
import { readHostAddress } from './addresses.ts'
import { textOption } from './option.ts'

/** What each word means; the one place that knows them. */
const words: ByFamily<Readonly<Record<string, GivenWay>>> = {
  ipv4: { auto: { kind: 'learned' }, none: { kind: 'link' } },
  ipv6: { auto: { kind: 'learned' }, none: { kind: 'none' }, link: { kind: 'link' } },
}

export const gatewayOption = textOption(
  'an IPv4 address like 192.168.0.2, auto, or none for a line without a gateway (PPPoE, LTE)',
  (text) => readWay(text, 'ipv4'),
)

export const gateway6Option = textOption(
  'an IPv6 address like fe80::1 (without %interface), auto, link or none',
  (text) => readWay(text, 'ipv6'),
)

/** The way as the options write it. */
export function wayText(way: GivenWay, family: Family): string {
  if (way.kind === 'address') return way.address
  const word = Object.entries(words[family]).find(([, { kind }]) => kind === way.kind)?.[0]
  if (word === undefined) throw new Error(`${family} has no word for a way of kind ${way.kind}`)
  return word
}

function readWay(text: string, family: Family): GivenWay | undefined {
  const word = words[family][text]
  if (word !== undefined) return word
  const address = readHostAddress(text, family)
  return address === undefined ? undefined : { kind: 'address', address }
}
