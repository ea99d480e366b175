/**
 * What is wanted of a tunnel that is dialled, and what is heard of it. Whoever logs these must leave
 * the password out.
 */
import type { L2tpSettings } from '../settings/tunnel-settings.ts'
import type { Endpoint } from './endpoint.ts'

export interface L2tpWish extends Pick<L2tpSettings, 'username' | 'password' | 'address'> {
  readonly name: string
  /** The interface that it gets. */
  readonly link: string
  /** Where its packets leave from. */
  readonly port: number
  /** The server, with an IPv4 address for a host. */
  readonly endpoint: Endpoint
  /** The line that carries it. */
  readonly line: string
  readonly keepaliveSeconds: number
  /** null: what the narrowest of `lines` leaves. */
  readonly mtu: number | null
  /** The interfaces that may carry it. */
  readonly lines: readonly string[]
}

export type DialReport =
  | { readonly kind: 'dialling' }
  /** It can't even be tried, for this reason. */
  | { readonly kind: 'not_dialled'; readonly reason: string }
  /** Why there is no connection, as far as the programs say; null: they say nothing. */
  | { readonly kind: 'listened'; readonly refusal: string | null }
