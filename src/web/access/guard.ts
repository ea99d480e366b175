/**
 * Who may ask what: refuses what another site makes a browser do, names that point here by DNS
 * rebinding, and bodies that a plain form could send. Pure.
 */
import type { IncomingHttpHeaders } from 'node:http'

/**
 * `ingress`: Home Assistant has asked the user already. `loopback`: whoever is on this host.
 * `token`: whoever has the token.
 */
export type Entrance = 'ingress' | 'loopback' | 'token'

export interface Refusal {
  readonly status: 400 | 403 | 405 | 415
  readonly error: string
}

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

/** null where nothing speaks against it; a token is looked at elsewhere. */
export function refusalOf(asked: Asked, entrance: Entrance): Refusal | null {
  const { method, path, headers } = asked
  if (entrance === 'loopback' && !isLoopbackName(headers.host)) {
    return {
      status: 403,
      error: `this page is at localhost only, not at ${shown(headers.host)}; web.token opens it`,
    }
  }
  if (!['GET', 'HEAD', 'POST'].includes(method)) {
    return { status: 405, error: `${shown(method)} is not known here: GET and POST are` }
  }
  const site = headers['sec-fetch-site']
  if (path.startsWith('/api/') && site !== undefined && !ownSites.includes(`${site}`)) {
    return { status: 403, error: 'another site may not ask this' }
  }
  if (method !== 'POST') return null
  if (!isOwnOrigin(headers, entrance)) {
    return { status: 403, error: 'another site may not ask this' }
  }
  const type = headers['content-type'] ?? ''
  const wanted = path === loginPath ? formType : jsonType
  if (type.split(';')[0]?.trim().toLowerCase() === wanted) return null
  return { status: 415, error: `content-type: found ${shown(type)}, expected ${wanted}` }
}

export const loginPath = '/login'

const jsonType = 'application/json'
const formType = 'application/x-www-form-urlencoded'

/** `none` is the address bar. */
const ownSites = ['same-origin', 'none']

/** Browsers send Origin with every POST; what sends none is no browser. */
function isOwnOrigin(headers: IncomingHttpHeaders, entrance: Entrance): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin } = headers
  if (origin === undefined) return true
  // Home Assistant's own proxies tell the name that the browser used.
  const forwarded = entrance === 'ingress' ? headers['x-forwarded-host'] : undefined
  const names = [headers.host, ...`${forwarded ?? ''}`.split(',')].map((name) => name?.trim())
  return names.some(
    (name) => name !== '' && name !== undefined && hostOf(origin) === hostOf(`http://${name}`),
  )
}

function hostOf(url: string): string | null {
  const { host, protocol } = URL.parse(url) ?? {}
  if (host === undefined || protocol === undefined) return null
  // A default port is left out of an origin, but may stand in Host.
  return host.replace(/:(80|443)$/, '')
}

function isLoopbackName(host: string | undefined): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host ?? '')
}

function shown(text: string | undefined): string {
  return JSON.stringify((text ?? '').slice(0, 80))
}
