/**
 * Who may request what: it refuses what another site makes a browser do, names that point here by
 * DNS rebinding, and bodies that a plain form could send. Pure.
 */
import type { IncomingHttpHeaders } from 'node:http'

/**
 * `ingress`: users whom Home Assistant has authenticated. `loopback`: everyone on this host.
 * `token`: everyone who has the token.
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

/** null if the request may go on; the token gate checks tokens. */
export function refusalOf(asked: Asked, entrance: Entrance): Refusal | null {
  const { method, path, headers } = asked
  if (entrance === 'loopback' && !isLoopbackName(headers.host)) {
    return {
      status: 403,
      error: `this page is at localhost only, not at ${shown(headers.host)}; web.token opens it`,
    }
  }
  if (!['GET', 'HEAD', 'POST'].includes(method)) {
    return { status: 405, error: `${shown(method)} is not allowed here; GET and POST are` }
  }
  const site = headers['sec-fetch-site']
  if (path.startsWith('/api/') && site !== undefined && !ownSites.includes(`${site}`)) {
    return { status: 403, error: 'another site may not request this' }
  }
  if (method !== 'POST') return null
  if (!isOwnOrigin(headers, entrance)) {
    return { status: 403, error: 'another site may not request this' }
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

/** Browsers send Origin with every POST; a client that sends none is no browser. */
function isOwnOrigin(headers: IncomingHttpHeaders, entrance: Entrance): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin } = headers
  if (origin === undefined) return true
  // Home Assistant's own proxies pass on the name that the browser used.
  const forwarded = entrance === 'ingress' ? headers['x-forwarded-host'] : undefined
  const names = [headers.host, ...`${forwarded ?? ''}`.split(',')].map((name) => name?.trim())
  return names.some(
    (name) => name !== '' && name !== undefined && hostOf(origin) === hostOf(`http://${name}`),
  )
}

function hostOf(url: string): string | null {
  const { host, protocol } = URL.parse(url) ?? {}
  if (host === undefined || protocol === undefined) return null
  // An origin leaves out a default port, but Host may have it.
  return host.replace(/:(80|443)$/, '')
}

function isLoopbackName(host: string | undefined): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host ?? '')
}

function shown(text: string | undefined): string {
  return JSON.stringify((text ?? '').slice(0, 80))
}
