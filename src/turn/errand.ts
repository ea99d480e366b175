/** What a turn wants done, as data. The daemon carries it out; what comes of it is an event. */
import type { MeterBook } from '../decision/metered-months.ts'
import type { Family } from '../model/address.ts'
import type { Remembered } from '../model/memory.ts'
import type { PairOrder } from '../model/pair.ts'
import type { ProbeRequest } from '../model/probe.ts'
import type { ChangeEvent } from '../model/published/snapshot.ts'
import type { ResolverQuestion, ServerQuestion } from '../model/resolver.ts'
import type { L2tpWish } from '../model/tunnel/dial.ts'
import type { TunnelWish } from '../model/tunnel/tunnel-device.ts'
import type { FlowFilter } from '../network/policies/flow-filter.ts'
import type { Known } from '../report/snapshot.ts'

export type Errand =
  | { readonly kind: 'send_probe'; readonly request: ProbeRequest }
  /** Answered by the event `public_address`. */
  | { readonly kind: 'ask_public_address'; readonly wan: number }
  /** Answered by the event `resolver_answer`. */
  | { readonly kind: 'ask_resolver'; readonly question: ResolverQuestion }
  /** Answered by the event `server_answer`. */
  | { readonly kind: 'ask_server'; readonly question: ServerQuestion }
  /** Answered by the event `web_checked`. */
  | { readonly kind: 'check_web'; readonly wan: number; readonly round: number }
  /** What they say is in the host that is read from then on. */
  | { readonly kind: 'ask_routers'; readonly link: string }
  /** Answered by the event `forwarding`. */
  | { readonly kind: 'look_at_forwarding' }
  /** Answered by the event `counters`. */
  | { readonly kind: 'read_counters' }
  | ResetFlows
  /** Clients in these networks have flows that left untranslated. */
  | { readonly kind: 'forget_unmasqueraded'; readonly sources: readonly string[] }
  | ForgetUnanswered
  | ForgetQueries
  | ForgetOwn
  | TunnelErrand
  | { readonly kind: 'remember'; readonly remembered: Remembered }
  | { readonly kind: 'save_book'; readonly book: MeterBook }
  /** Answered by events `pair`, now and whenever it changes. */
  | { readonly kind: 'keep_pair'; readonly order: PairOrder }
  | { readonly kind: 'announce'; readonly event: ChangeEvent }
  /** Carrying it out reads the bytes of each link. */
  | { readonly kind: 'publish'; readonly known: Omit<Known, 'bytes'> }

export type TunnelErrand =
  /** Answered by the event `tunnel`. */
  | { readonly kind: 'tend_tunnel'; readonly wish: TunnelWish }
  /** The server is to hear from us by the line that carries the tunnel now. */
  | { readonly kind: 'nudge_tunnel'; readonly tunnel: string }
  /** Answered by the event `tunnel`. */
  | { readonly kind: 'look_at_tunnel'; readonly tunnel: string }
  /** Dials, in place of whatever was dialled before. Answered by the event `dialled`. */
  | { readonly kind: 'dial_tunnel'; readonly wish: L2tpWish }
  /** What the programs say of why there is no connection. Answered by the event `dialled`. */
  | { readonly kind: 'listen_to_dialled'; readonly tunnel: string }
  /** Leaves a dialled link its own addresses, and `main` no route by it. */
  | { readonly kind: 'settle_dialled'; readonly link: string; readonly address: readonly string[] }
  /** What the server's name means by this line. Answered by the event `tunnel`. */
  | {
      readonly kind: 'resolve_endpoint'
      readonly tunnel: string
      readonly line: string
      /** The line's position. */
      readonly wan: number
      readonly host: string
    }
  /** Pings the server by this line and inside the tunnel. Answered by the event `tunnel`. */
  | {
      readonly kind: 'ask_server_of_tunnel'
      readonly tunnel: string
      readonly line: string
      readonly outside: PingedFrom
      readonly inside: PingedFrom | null
    }

export interface PingedFrom {
  /** The position of the WAN by which it leaves. */
  readonly wan: number
  readonly address: string
}

/** What new connections avoid now still holds what it has not answered. */
export interface ForgetUnanswered {
  readonly kind: 'forget_unanswered'
  /** The mark of the WAN's connections. */
  readonly mark: number
  readonly families: readonly Family[]
}

/** Queries to these resolvers go elsewhere from now on; null: all that are translated might. */
export interface ForgetQueries {
  readonly kind: 'forget_queries'
  readonly resolvers: readonly string[] | null
}

/** Makes clients of a WAN that was left reconnect elsewhere. */
export interface ResetFlows {
  readonly kind: 'reset_flows'
  readonly wan: string
  /** The mark of its connections. */
  readonly mark: number
  readonly families: readonly Family[]
  /** Our nft sets that hold its flows. */
  readonly sets: readonly string[]
  /** The first pass forgets what is not TCP too; later ones look for what slipped through. */
  readonly first: boolean
  /** Forgets connections without an answer so far too: they would leave by another link. */
  readonly asked: boolean
  /** Only these policies' flows; left out: all. */
  readonly only?: FlowFilter
}

/** This machine's own UDP flows that began from an address of a WAN which lets go of them. */
export interface ForgetOwn {
  readonly kind: 'forget_own'
  readonly wan: string
  /** The mark of their connections. */
  readonly mark: number
  readonly families: readonly Family[]
  /** The WAN's addresses. */
  readonly sources: readonly string[]
  /** Only these policies' flows; left out: all. */
  readonly only?: FlowFilter
}
