/** Where a tunnel's server listens: `vpn.example.org:51820`, `203.0.113.9:51820`, `[2001:db8::9]:51820`. */
import ipaddr from 'ipaddr.js'

export interface Endpoint {
  /** A name, or a canonical address without brackets. */
  readonly host: string
  readonly port: number
}

/** null: it is no host with a port. */
export function readEndpoint(text: string): Endpoint | null {
  const [, bracketed, plain, digits = ''] =
    /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  const host = bracketed === undefined ? readHost(plain ?? '') : readIpv6(bracketed)
  return host === null || port < 1 || port > 65_535 ? null : { host, port }
}

export function endpointText({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function readHost(text: string): string | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text
  // Nothing but digits and dots is an address that somebody has mistyped.
  const isName = /^[a-z\d]([a-z\d-]{0,62})(\.[a-z\d][a-z\d-]{0,62})*$/i.test(text)
  return isName && !/^[\d.]+$/.test(text) && text.length <= 253 ? text.toLowerCase() : null
}

function readIpv6(text: string): string | null {
  const isPlain = ipaddr.IPv6.isValid(text) && !text.includes('%')
  return isPlain ? ipaddr.IPv6.parse(text).toString() : null
}
