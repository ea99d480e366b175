/**
 * Lets in everyone who has the token, by the header or by the cookie that the login form sets. The
 * cookie contains what only the token can produce, not the token itself.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../../daemon/clock.ts'

/** `too_often`: it no longer compares tokens, right or wrong. */
export type Admission = 'admitted' | 'missing' | 'wrong' | 'too_often'

export class TokenGate {
  readonly #session: string
  readonly #token: string
  readonly #clock: Clock
  /** When each address sent a wrong token lately; the oldest address first. */
  readonly #wrongAtMs = new Map<string, readonly number[]>()

  constructor(token: string, clock: Clock) {
    this.#token = token
    this.#session = digest(token, 'session of the web page').toString('base64url')
    this.#clock = clock
  }

  admit({ authorization, cookie }: IncomingHttpHeaders, address: string): Admission {
    const [, bearer] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? []
    if (bearer !== undefined) return this.#compare(bearer, address)
    const [, session] = cookiePattern.exec(cookie ?? '') ?? []
    // Nobody can guess a session, so nobody who has one is shut out by others' wrong tokens.
    if (session !== undefined) return this.#isSame(session, this.#session) ? 'admitted' : 'wrong'
    return 'missing'
  }

  login(token: string, address: string): Admission {
    return this.#compare(token, address)
  }

  /** For a user who has logged in; no script can read it, no other site sends it. */
  get cookie(): string {
    return `${cookieName}=${this.#session}; Max-Age=${sessionS}; HttpOnly; SameSite=Strict`
  }

  #compare(given: string, address: string): Admission {
    const nowMs = this.#clock.nowMs()
    const lately = (this.#wrongAtMs.get(address) ?? []).filter((atMs) => nowMs - atMs < windowMs)
    // All users of this host have the one address: none of them may shut out the others.
    const isShared = isLoopback(address)
    if (lately.length >= maxWrong && !isShared) return 'too_often'
    if (this.#isSame(given, this.#token)) return 'admitted'
    if (lately.length >= maxWrong) return 'too_often'
    this.#wrongAtMs.delete(address)
    this.#wrongAtMs.set(address, [...lately, nowMs])
    const [oldest] = this.#wrongAtMs.keys()
    if (this.#wrongAtMs.size > maxAddresses && oldest !== undefined) this.#wrongAtMs.delete(oldest)
    return 'wrong'
  }

  /** Digests have one length, which timingSafeEqual needs, and don't reveal the token's. */
  #isSame(given: string, right: string): boolean {
    return timingSafeEqual(digest(this.#token, given), digest(this.#token, right))
  }
}

/** As a socket that serves both families has it, too: `::ffff:127.0.0.1`. */
function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}

/** Deletes a cookie that is no longer valid, so that the browser stops sending it. */
export const noCookie = 'wan_failover=; Max-Age=0; HttpOnly; SameSite=Strict'

/** After `maxWrong` wrong tokens within this time an address has to wait. */
export const windowMs = 60_000
export const maxWrong = 10

function digest(key: string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

const cookieName = 'wan_failover'
const cookiePattern = /(?:^|; )wan_failover=([\w-]{1,100})(?:;|$)/
const sessionS = 30 * 86_400
const maxAddresses = 1_000
