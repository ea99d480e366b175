/** What can happen to the daemon. Adapters put it into the queue, a turn takes it out. */
import type { Family } from './address.ts'
import type { Command } from './decision.ts'
import type { ForwardingState, LinkBytes } from './host.ts'
import type { PairNews } from './pair.ts'
import type { ForgedAnswers, ProbeResult } from './probe.ts'
import type { BoxCard } from './published/box-card.ts'
import type { OptionsChange } from './published/options-page.ts'
import type { OptionsNotice } from './published/snapshot.ts'
import type { KnownResolver, NameOutcome, ResolverQuestion, ServerQuestion } from './resolver.ts'
import type { DialReport } from './tunnel/dial.ts'
import type { TunnelReport } from './tunnel/tunnel-device.ts'
import type { WebAnswer } from './web-check.ts'

export type DaemonEvent =
  | { readonly kind: 'sign'; readonly sign: KernelSign }
  | { readonly kind: 'probe'; readonly result: ProbeResult }
  /** Answers that proved nothing; at most once a second for each WAN and kind. */
  | { readonly kind: 'forged_answers'; readonly forged: ForgedAnswers }
  | CommandEvent
  /** What our nft table's counters say, in bytes, by name; null: they can't be read. */
  | { readonly kind: 'counters'; readonly counters: ReadonlyMap<string, number> | null }
  /** What lets devices' packets through this host, as it was just read. */
  | { readonly kind: 'forwarding'; readonly forwarding: ForwardingState }
  /** By link, as a concern asked in this turn; a link that isn't there is left out. */
  | { readonly kind: 'link_bytes'; readonly bytes: ReadonlyMap<string, LinkBytes> }
  | { readonly kind: 'public_address'; readonly wan: number; readonly address: string | null }
  /** The resolvers that this machine is told to ask: at the start, and when others are named. */
  | { readonly kind: 'resolvers'; readonly resolvers: readonly KnownResolver[] }
  | {
      readonly kind: 'resolver_answer'
      readonly question: ResolverQuestion
      readonly outcome: NameOutcome | null
    }
  | {
      readonly kind: 'server_answer'
      readonly question: ServerQuestion
      readonly outcome: NameOutcome | null
    }
  /** What both servers have answered a real request by this WAN; `round` says which request. */
  | {
      readonly kind: 'web_checked'
      readonly wan: number
      readonly round: number
      readonly answers: readonly WebAnswer[]
    }
  /** What became of our part in a pair of boxes. */
  | { readonly kind: 'pair'; readonly news: PairNews }
  | OtherBoxEvent
  /** What came of an errand for a tunnel. */
  | { readonly kind: 'tunnel'; readonly tunnel: string; readonly report: TunnelReport }
  /** The same, for a tunnel that is dialled. */
  | { readonly kind: 'dialled'; readonly tunnel: string; readonly report: DialReport }
  /** What the user has to put right elsewhere; null once it is. */
  | { readonly kind: 'foreign_problem'; readonly problem: string | null }
  /** What is wrong with the options as they stand now; null once they are right. */
  | { readonly kind: 'options_notice'; readonly notice: OptionsNotice | null }
  /** What users should know of a change made on the page; null: nothing any more. */
  | { readonly kind: 'options_change'; readonly change: OptionsChange | null }
  | {
      readonly kind: 'stop'
      /** What becomes of ours in the kernel; left out: as the options say. */
      readonly leave?: 'standing' | 'clean'
    }

export interface CommandEvent {
  readonly kind: 'command'
  readonly command: Command
  /** How many commands before it were replaced by newer ones of their kind, and never come. */
  readonly superseded?: number
}

/** What the other box of the pair says of itself. */
export interface OtherBoxEvent {
  readonly kind: 'other_box'
  /** null: it has taken its card away. */
  readonly card: BoxCard | null
  /** It has come as it was sent; else the broker has kept it, nobody knows how long. */
  readonly isLive: boolean
}

/** The kernel says that something has changed; what, is always read again. */
export type KernelSign =
  /** A link, an address, a route or a rule came, went or changed. */
  | { readonly kind: 'routing' }
  /** Our nft table changed. */
  | { readonly kind: 'nft' }
  /** A chain that decides about forwarded packets changed, or Docker's for its users. */
  | { readonly kind: 'firewall' }
  /** This address no longer answers. */
  | {
      readonly kind: 'neighbour_failed'
      readonly family: Family
      readonly address: string
      readonly link: string
    }
