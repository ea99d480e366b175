/**
 * The one line of text by which a server lets a house in. Whoever has it has the house's address:
 * it is a secret like a password, and no message here repeats any of it.
 */
import ipaddr from 'ipaddr.js'
import { type Endpoint, endpointText, readEndpoint } from './endpoint.ts'
import { isWireguardKey } from './wireguard-key.ts'

export interface Invitation {
  readonly endpoint: Endpoint
  /** The server's public key. */
  readonly peerKey: string
  /** The house's own, made by the server for it. */
  readonly privateKey: string
  /** The house's addresses in the tunnel, with their prefix lengths. */
  readonly address: readonly string[]
  /** The server's address inside the tunnel. */
  readonly inside: string
  /** null: as the lines below allow. */
  readonly mtu: number | null
}

const scheme = 'wan-failover://'

/** Nothing but lower IPv6 links go below; and no line carries more. */
const mtuRange = { first: 576, last: 9_000 } as const

export function writeInvitation(invitation: Invitation): string {
  const { endpoint, peerKey, privateKey, address, inside, mtu } = invitation
  const words = new URLSearchParams({
    peer_key: peerKey,
    private_key: privateKey,
    address: address.join(','),
    inside,
    ...(mtu === null ? {} : { mtu: String(mtu) }),
  })
  return `${scheme}${endpointText(endpoint)}/?${words}`
}

/** A text says what would be right. */
export function readInvitation(text: string): Invitation | string {
  const [, place = '', query = ''] = /^wan-failover:\/\/([^/?]+)\/?\?(.*)$/.exec(text.trim()) ?? []
  const endpoint = readEndpoint(place)
  if (endpoint === null) return `the whole line that the server has printed: ${scheme}HOST:PORT/?…`
  const words = new URLSearchParams(query)
  // A key that was not encoded has lost its plus signs: they stand for blanks in such a line.
  const key = (name: string) => words.get(name)?.replaceAll(' ', '+') ?? ''
  const peerKey = key('peer_key')
  if (!isWireguardKey(peerKey)) return wrong('peer_key', aKey)
  const privateKey = key('private_key')
  if (!isWireguardKey(privateKey)) return wrong('private_key', aKey)
  const address = (words.get('address') ?? '').split(',').map(readCidr)
  const sound = address.filter((one) => one !== null)
  if (sound.length !== address.length) return wrong('address', 'addresses like 203.0.113.80/32')
  const inside = readAddress(words.get('inside') ?? '')
  if (inside === null) return wrong('inside', 'an address like 10.99.0.1')
  const mtu = readMtu(words.get('mtu'))
  if (mtu === undefined) return wrong('mtu', `a number from ${mtuRange.first} to ${mtuRange.last}`)
  return { endpoint, peerKey, privateKey, address: sound, inside, mtu }
}

const aKey = 'a WireGuard key, which is 44 letters and digits'

function wrong(name: string, wanted: string): string {
  return `the whole line that the server has printed; its ${name} is not ${wanted}`
}

function readAddress(text: string): string | null {
  const isPlain = ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
  return isPlain && !text.includes('%') ? ipaddr.parse(text).toString() : null
}

function readCidr(text: string): string | null {
  const [given = '', prefix, ...more] = text.split('/')
  const address = readAddress(given)
  if (address === null || more.length > 0) return null
  const full = address.includes(':') ? 128 : 32
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return null
  const length = prefix === undefined ? full : Number(prefix)
  return length > full ? null : `${address}/${length}`
}

/** undefined: it can't be one. */
function readMtu(text: string | null): number | null | undefined {
  if (text === null) return null
  const mtu = /^\d{3,4}$/.test(text) ? Number(text) : 0
  return mtu >= mtuRange.first && mtu <= mtuRange.last ? mtu : undefined
}
