/**
 * Where a tunnel's server is: its address, or what its name means by each of the lines. While nobody
 * answers, all of them are asked again, for the server may have moved. What was known stays until
 * somebody knows better.
 */
import ipaddr from 'ipaddr.js'
import { familyOf } from '../../model/address.ts'
import { type Endpoint, endpointText } from '../../model/tunnel/endpoint.ts'
import { hasWay, type Uplink } from '../../model/uplink.ts'
import type { Errand } from '../errand.ts'

export interface NameQuestion {
  readonly tunnel: string
  /** The one that carries the tunnel. */
  readonly line: string | null
  /** All that may be asked now, that one among them. */
  readonly lines: readonly Pick<Uplink, 'name' | 'index'>[]
  /** Since when nobody has answered in the tunnel; null: somebody does. */
  readonly silentSinceMs: number | null
  readonly nowMs: number
}

export class ServerName {
  readonly #wanted: Endpoint
  readonly #isName: boolean
  readonly #needsIpv4: boolean
  /** By the line that was asked; empty where nobody there knows it. */
  readonly #answers = new Map<string, readonly string[]>()
  #askAtMs: number
  #wasSilent = false
  endpoint: Endpoint | null

  /** `needsIpv4`: an IPv6 address is taken only where its name has no other. */
  constructor(wanted: Endpoint, needsIpv4 = false) {
    this.#wanted = wanted
    this.#needsIpv4 = needsIpv4
    this.#isName = !ipaddr.isValid(wanted.host)
    this.endpoint = this.#isName ? null : wanted
    this.#askAtMs = this.#isName ? 0 : Number.POSITIVE_INFINITY
  }

  get wakeAtMs(): number {
    return this.#askAtMs
  }

  take(line: string, addresses: readonly string[]): void {
    this.#answers.set(line, addresses)
  }

  due({ tunnel, line, lines, silentSinceMs, nowMs }: NameQuestion): readonly Errand[] {
    if (!this.#isName) return []
    const isSilent = silentSinceMs !== null
    // What was heard before the silence says nothing of it.
    if (isSilent && !this.#wasSilent) {
      if (this.endpoint !== null) this.#answers.clear()
      this.#askAtMs = Math.min(this.#askAtMs, silentSinceMs + askAfterMs)
    }
    this.#wasSilent = isSilent
    if (nowMs < this.#askAtMs) return []
    if (line === null) {
      this.#askAtMs = nowMs + retryMs
      return []
    }
    if (!isSilent && this.endpoint !== null) {
      this.#askAtMs = nowMs + askRarelyMs
      return []
    }
    this.#askAtMs = nowMs + (this.endpoint === null ? retryMs : askAgainMs)
    const { host } = this.#wanted
    const asked = lines.toSorted((a, b) => Number(b.name === line) - Number(a.name === line))
    return asked.map(({ name, index }) => ({
      ...{ kind: 'resolve_endpoint', tunnel, line: name, wan: index, host },
    }))
  }

  /** What the line that carries the tunnel says counts first; `uplinks` are those that may. */
  settle(line: string | null, uplinks: readonly Uplink[]): void {
    const own = line === null ? [] : (this.#answers.get(line) ?? [])
    const known = own.length > 0 ? own : [...this.#answers.values()].flat()
    const uplink = uplinks.find(({ name }) => name === line)
    const reached = known.filter(
      (address) => uplink === undefined || hasWay(uplink, familyOf(address)),
    )
    const preferred = reached.filter((address) => familyOf(address) === 'ipv4')
    const fits = this.#needsIpv4 && preferred.length > 0 ? preferred : reached
    // What it has answered by until now, as long as that is one of them.
    const host = fits.find((address) => address === this.endpoint?.host) ?? fits[0]
    if (host !== undefined && host !== this.endpoint?.host) {
      this.endpoint = { host, port: this.#wanted.port }
    }
  }

  /** The lines by which nobody knows it, if nobody does. */
  get unknownBy(): readonly string[] {
    const isUnknown = [...this.#answers.values()].every((addresses) => addresses.length === 0)
    return isUnknown ? [...this.#answers.keys()] : []
  }

  /** As the user calls it, and what that means now. */
  get text(): string {
    const wanted = endpointText(this.#wanted)
    const isPlain = !this.#isName || this.endpoint === null
    return isPlain ? wanted : `${wanted} (${this.endpoint?.host})`
  }
}

const retryMs = 5_000
/** A hiccup is no reason to ask. */
const askAfterMs = 1_000
const askAgainMs = 10_000
const askRarelyMs = 300_000
