/** Tunnels: WANs that ride on WANs. What must fit together is in `tunnel-checks.ts`. */
import ipaddr from 'ipaddr.js'
import { readEndpoint } from '../../model/tunnel/endpoint.ts'
import { type Invitation, readInvitation } from '../../model/tunnel/invitation.ts'
import { isWireguardKey } from '../../model/tunnel/wireguard-key.ts'
import { addressOption, familyOf, ipv4Option, readHostAddress } from './addresses.ts'
import { tunnelNameOption, tunnelReferenceOption, wanReferenceOption } from './names.ts'
import {
  choice,
  flag,
  list,
  mapping,
  maybe,
  option,
  optional,
  required,
  shaped,
  textOption,
  wholeNumber,
} from './option.ts'
import { portsOption } from './ports.ts'

const endpointOption = textOption(
  'a server with its port like vpn.example.org:51820 or [2001:db8::9]:51820',
  (text) => readEndpoint(text) ?? undefined,
)

const keyOption = textOption(
  'a WireGuard key: 44 letters and digits, the last of them =',
  (text) => (isWireguardKey(text) ? text : undefined),
)

const privateKeyOption = shaped(
  textOption('a WireGuard key, or the path of its file like /ssl/home_ip.key', (text) =>
    isWireguardKey(text) || /^\/[^\0\n]{1,4095}$/.test(text) ? text : undefined,
  ),
  { kind: 'secret' },
)

const invitationOption = shaped(
  option(
    (found) => {
      const read = typeof found === 'string' ? readInvitation(found) : ''
      return typeof read === 'string' && read !== '' ? read : 'the line that the server has printed'
    },
    (found): Invitation | undefined => {
      const read = typeof found === 'string' ? readInvitation(found) : ''
      return typeof read === 'string' ? undefined : read
    },
  ),
  { kind: 'secret' },
)

/** PPP takes 255 bytes of it, in one line. */
const credentialOption = option('1 to 255 letters, digits and signs in one line', (found) =>
  typeof found === 'string' && /^[^\p{Cc}]+$/u.test(found) && Buffer.byteLength(found) <= 255
    ? found
    : undefined,
)

/** This machine's address, with host bits; its prefix is the server's to route here. */
const insideAddressOption = textOption(
  'an address like 203.0.113.80/32 or 2001:db8:80::/56',
  readInsideAddress,
)

const tunnel = mapping('a tunnel with name and invitation', {
  name: required(tunnelNameOption),
  invitation: maybe(invitationOption),
  kind: optional(choice(['wireguard', 'l2tp']), 'wireguard'),
  over: optional(
    list(wanReferenceOption, { limit: 8, expected: 'a list of WANs like [primary]' }),
    [],
  ),
  mode: optional(choice(['roaming', 'both']), 'roaming'),
  both_metered: optional(flag, false),
  endpoint: maybe(endpointOption),
  private_key: maybe(privateKeyOption),
  peer_key: maybe(keyOption),
  username: maybe(credentialOption),
  password: maybe(shaped(credentialOption, { kind: 'secret' })),
  address: optional(
    list(insideAddressOption, { limit: 8, expected: 'a list of addresses like [203.0.113.80/32]' }),
    [],
  ),
  inside: maybe(ipv4Option),
  /** A NAT forgets UDP after 30 s (RFC 4787 asks for two minutes, few heed it). */
  keepalive: optional(wholeNumber(1, 600), 15),
  mtu: maybe(wholeNumber(576, 9_000)),
})

export const tunnelsOption = list(tunnel, {
  limit: 8,
  expected: 'a list of tunnels, or []',
})

const forward = mapping('a forward with tunnel, port and to', {
  tunnel: required(tunnelReferenceOption),
  protocol: optional(choice(['tcp', 'udp', 'any']), 'tcp'),
  port: maybe(portsOption),
  to: required(addressOption),
})

export const forwardsOption = list(forward, {
  limit: 256,
  expected: 'a list of forwards, or []',
})

function readInsideAddress(text: string): string | undefined {
  const [given = '', prefix, ...more] = text.split('/')
  const family = familyOf(given)
  if (family === null || more.length > 0) return undefined
  if (prefix !== undefined && !/^(0|[1-9]\d{0,2})$/.test(prefix)) return undefined
  const address = readHostAddress(given, family)
  const full = family === 'ipv4' ? 32 : 128
  const length = prefix === undefined ? full : Number(prefix)
  const isSound = address !== undefined && length <= full && length > 0
  return isSound ? `${ipaddr.parse(address)}/${length}` : undefined
}
