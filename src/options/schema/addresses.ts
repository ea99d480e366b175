/**
 * Reads addresses, networks and MACs as users write them, into the canonical text that the rest
 * of the program speaks. Whatever passes here is safe on a command line of `ip` and `nft`.
 */
import ipaddr from 'ipaddr.js'
import { type Family, families } from '../../model/address.ts'
import { option, textOption } from './option.ts'

/** Kinds of addresses, in ipaddr.js's words, that no machine on a network can have. */
const unusableKinds: ReadonlySet<string> = new Set([
  'unspecified',
  'broadcast',
  'multicast',
  'loopback',
  'ipv4Mapped',
])

export const ipv4Option = textOption('an IPv4 address like 1.1.1.1', (text) =>
  readHostAddress(text, 'ipv4'),
)

export const ipv6Option = textOption('an IPv6 address like 2606:4700:4700::1111', (text) =>
  readHostAddress(text, 'ipv6'),
)

/** Of either family; which one, `familyOf` says. */
export const addressOption = textOption(
  'an address like 203.0.113.1 or 2001:db8::1',
  (text) => readHostAddress(text, 'ipv4') ?? readHostAddress(text, 'ipv6'),
)

/** A destination; always with its prefix length: `1.1.1.1` becomes `1.1.1.1/32`. */
export const networkOption = option(
  (found) => networkHint(found) ?? 'a network like 203.0.113.0/24 or 2001:db8::/32, or an address',
  (found) => (typeof found === 'string' ? readNetwork(found.trim()) : undefined),
)

/** An address with the length of its network's prefix, as a machine there has it. */
export const ownAddressOption = textOption(
  'an IPv4 address with its prefix length like 192.168.0.5/24',
  readOwnAddress,
)

/** IPv6, for this link alone. */
export const linkLocalOption = textOption('a link-local IPv6 address like fe80::5', (text) => {
  const address = readHostAddress(text, 'ipv6')
  return address !== undefined && /^fe[89ab]/.test(address) ? address : undefined
})

/** Who: a canonical address, a network, a MAC, `host` or `all`. */
export const clientOption = option(
  (found) =>
    networkHint(found) ??
    'an address like 192.168.0.50, a network like 192.168.0.64/26, a MAC like ' +
      'aa:bb:cc:dd:ee:ff, host or all',
  (found) => (typeof found === 'string' ? readClient(found.trim()) : undefined),
)

/** The family of a canonical address or network; null for a MAC and for words. */
export function familyOf(client: string): Family | null {
  const address = client.split('/')[0] ?? ''
  return families.find((family) => readAddress(address, family) !== undefined) ?? null
}

/** An address that a machine can have, canonical. */
export function readHostAddress(text: string, family: Family): string | undefined {
  const address = readAddress(text, family)
  if (address === undefined) return undefined
  return unusableKinds.has(ipaddr.parse(address).range()) ? undefined : address
}

function readClient(text: string): string | undefined {
  if (text === 'host' || text === 'all') return text
  return readMac(text) ?? withoutFullPrefix(readNetwork(text))
}

function withoutFullPrefix(network: string | undefined): string | undefined {
  return network?.replace(network.includes(':') ? /\/128$/ : /\/32$/, '')
}

/** Neither the network's own address nor its broadcast address. */
function readOwnAddress(text: string): string | undefined {
  const network = text.includes('/') ? splitNetwork(text) : undefined
  if (network === undefined || network.prefixLength > 30) return undefined
  const { address, base, prefixLength } = network
  if (readHostAddress(address, 'ipv4') === undefined || address === base) return undefined
  const own = `${address}/${prefixLength}`
  return ipaddr.IPv4.broadcastAddressFromCIDR(own).toString() === address ? undefined : own
}

/** Canonical CIDR, or undefined: not a network, or host bits are set. */
function readNetwork(text: string): string | undefined {
  const network = splitNetwork(text)
  return network !== undefined && network.base === network.address
    ? `${network.base}/${network.prefixLength}`
    : undefined
}

function networkHint(found: unknown): string | undefined {
  if (typeof found !== 'string') return undefined
  const network = splitNetwork(found.trim())
  if (network === undefined || network.base === network.address) return undefined
  const { base, address, prefixLength } = network
  return `${base}/${prefixLength} for the whole network, or ${address} for that one address`
}

interface SplitNetwork {
  readonly address: string
  /** The address with its host bits cleared. */
  readonly base: string
  readonly prefixLength: number
}

function splitNetwork(text: string): SplitNetwork | undefined {
  const [given = '', prefix, ...more] = text.split('/')
  if (more.length > 0) return undefined
  const family = familyOf(given)
  if (family === null) return undefined
  const fullLength = family === 'ipv4' ? 32 : 128
  if (prefix !== undefined && !/^(0|[1-9]\d{0,2})$/.test(prefix)) return undefined
  const prefixLength = prefix === undefined ? fullLength : Number(prefix)
  if (prefixLength > fullLength) return undefined
  const address = canonical(given)
  const kind = family === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6
  const base = kind.networkAddressFromCIDR(`${address}/${prefixLength}`).toString()
  return { address, base, prefixLength }
}

function readAddress(text: string, family: Family): string | undefined {
  const valid =
    family === 'ipv4'
      ? // Strictly four decimal parts: 192.168.1 and 010.0.0.1 mean something else to others.
        ipaddr.IPv4.isValidFourPartDecimal(text)
      : ipaddr.IPv6.isValid(text) && !text.includes('%')
  return valid ? canonical(text) : undefined
}

/** RFC 5952 for IPv6. */
function canonical(address: string): string {
  return ipaddr.parse(address).toString()
}

/** Lower case, with colons; undefined: none, or one of a group of machines. */
export function readMac(text: string): string | undefined {
  if (!/^[\da-f]{2}([:-][\da-f]{2}){5}$/i.test(text)) return undefined
  const mac = text.toLowerCase().replaceAll('-', ':')
  // The lowest bit of the first byte marks a group of machines, which can't send.
  const group = (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1
  return group || mac === '00:00:00:00:00:00' ? undefined : mac
}
