/**
 * What a server knows: where it listens, its key, and its houses. A file that `wan-failover-server`
 * writes and root alone may read. Checked once, here; no message repeats a key.
 */
import ipaddr from 'ipaddr.js'
import * as v from 'valibot'
import { type Family, familyOf } from '../../model/address.ts'
import { readEndpoint } from '../../model/tunnel/endpoint.ts'
import { isWireguardKey } from '../../model/tunnel/wireguard-key.ts'
import { readPortRange } from './port-range.ts'

/** How the Internet's packets for a house's addresses come to this machine. */
export type Reach =
  /** The provider sends them here. */
  | 'routed'
  /** The provider looks for them on the link: this machine answers for them. */
  | 'proxy'

const key = v.pipe(v.string(), v.check(isWireguardKey, 'a WireGuard key'))
const network = v.pipe(
  v.string(),
  v.check((text) => readNetwork(text) === text, 'a network like 203.0.113.80/32'),
)
const insideNetwork = v.pipe(
  network,
  v.check(
    (text) => familyOf(text) === 'ipv4' && Number(text.split('/')[1]) <= 29,
    'an IPv4 network of eight addresses or more, like 10.99.0.0/24',
  ),
)

export const houseName = v.pipe(
  v.string(),
  v.regex(/^[a-z\d][a-z\d_-]{0,31}$/, 'a name of small letters, digits, - and _'),
)

const house = v.strictObject({
  name: houseName,
  public_key: key,
  /** In the tunnel, the first IPv4 one first: what WireGuard lets this house send from. */
  addresses: v.pipe(v.array(network), v.minLength(1), v.maxLength(16)),
  reach: v.picklist(['routed', 'proxy']),
  /** Of this machine's own address, which lead to the house: `tcp/443`, `udp/5000-5010`. */
  ports: v.pipe(
    v.array(
      v.pipe(
        v.string(),
        v.check((text) => readPortRange(text) !== null, 'a port like tcp/443 or udp/5000-5010'),
      ),
    ),
    v.maxLength(64),
  ),
})

const settings = v.pipe(
  v.strictObject({
    endpoint: v.pipe(
      v.string(),
      v.check((text) => readEndpoint(text) !== null, 'a host with a port'),
    ),
    private_key: key,
    /** What houses without an IPv4 address of their own get one of; this machine has its first. */
    network: insideNetwork,
    /** The link to the Internet; null: that of the default route. */
    uplink: v.nullable(v.pipe(v.string(), v.regex(/^[\w.@-]{1,15}$/, 'the name of a link'))),
    mtu: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1_280), v.maxValue(9_000))),
    houses: v.pipe(v.array(house), v.maxLength(32, 'at most 32 houses')),
  }),
  v.check(
    ({ houses }) => new Set(houses.map(({ name }) => name)).size === houses.length,
    'each house once',
  ),
)

export type ServerSettings = v.InferOutput<typeof settings>
export type HouseSettings = v.InferOutput<typeof house>

export type ReadSettings =
  | { readonly kind: 'ok'; readonly settings: ServerSettings }
  | { readonly kind: 'wrong'; readonly reason: string }

export function readServerSettings(text: string): ReadSettings {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), settings), text)
  if (read.success) return { kind: 'ok', settings: read.output }
  const [issue] = read.issues
  const path = v.getDotPath(issue) ?? 'the whole'
  return { kind: 'wrong', reason: `${path} is wrong, it must be ${wanted(issue)}` }
}

export function writeServerSettings(written: ServerSettings): string {
  return `${JSON.stringify(written, null, 2)}\n`
}

/** Canonical, with its prefix length; null: it is none that a house can have. */
export function readNetwork(text: string): string | null {
  const [given = '', prefix, ...more] = text.split('/')
  const isPlain = ipaddr.IPv4.isValidFourPartDecimal(given) || ipaddr.IPv6.isValid(given)
  if (!isPlain || given.includes('%') || more.length > 0) return null
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return null
  const address = ipaddr.parse(given)
  if (unusable.has(address.range())) return null
  const full = address.kind() === 'ipv6' ? 128 : 32
  const length = prefix === undefined ? full : Number(prefix)
  if (length > full || length < 8) return null
  const Kind = address.kind() === 'ipv6' ? ipaddr.IPv6 : ipaddr.IPv4
  return `${Kind.networkAddressFromCIDR(`${given}/${length}`)}/${length}`
}

/** This machine's address inside the tunnel: the first of the network. */
export function insideOf({ network: inside }: Pick<ServerSettings, 'network'>): string {
  return nthOf(inside, 1)
}

export function nthOf(inside: string, nth: number): string {
  const bytes = ipaddr.IPv4.networkAddressFromCIDR(inside).toByteArray()
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0) + nth
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

export function isWithin(address: string, networkText: string): boolean {
  const [one, [base, length]] = [ipaddr.parse(address), ipaddr.parseCIDR(networkText)]
  return one.kind() === base.kind() && one.match(base, length)
}

export function familiesOf({ addresses }: Pick<HouseSettings, 'addresses'>): ReadonlySet<Family> {
  return new Set(addresses.map(familyOf))
}

const unusable: ReadonlySet<string> = new Set([
  ...['unspecified', 'broadcast', 'multicast', 'loopback', 'linkLocal', 'ipv4Mapped'],
])

/** Our own words where there are some; valibot's would quote what stands there. */
function wanted(issue: v.BaseIssue<unknown>): string {
  return issue.kind === 'validation' && issue.type !== 'min_length' ? issue.message : issue.type
}
