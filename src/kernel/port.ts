/** The port of the kernel: `daemon.ts` speaks to this, `kernel/` implements it, a fake can. */
import type { Family } from '../model/address.ts'
import type { KernelSign } from '../model/event.ts'
import type { TcpFlow } from '../model/flow.ts'
import type {
  Capabilities,
  ForwardingState,
  HostState,
  LinkBytes,
  RouteAnswer,
  RouteQuestion,
  Router,
} from '../model/host.ts'
import type { Change } from '../network/diff/change.ts'
import type { FlowFilter } from '../network/policies/flow-filter.ts'

export interface Kernel {
  /**
   * Reads links, addresses, routes and rules afresh; our nft table and Docker's chains as of the
   * last sign of a change to them, while `watch` is on. Rejects if `ip` can't say.
   */
  read(): Promise<HostState>

  /**
   * Applies in the given order. A failed step doesn't skip the next; it returns all failures
   * and throws none. No failure: adding what is there, deleting what is gone.
   */
  apply(changes: readonly Change[]): Promise<readonly ChangeFailure[]>

  /** Asks the kernel which way a packet would go, sending none. */
  routeGet(question: RouteQuestion): Promise<RouteAnswer>

  /** Reports that something changed, as soon as the kernel says so; more often than needed. */
  watch(listener: (sign: KernelSign) => void): void

  /** Tries what this kernel can do, in ways that leave no trace. */
  capabilities(): Promise<Capabilities>

  /** Reads what decides about forwarded packets; changes nothing. */
  forwarding(): Promise<ForwardingState>

  /** Bytes since the link was made; null where there is no such link. */
  linkBytes(link: string): Promise<LinkBytes | null>

  /** What our nft table's counters say, in bytes, by name; null where nft can't say now. */
  counters(): Promise<ReadonlyMap<string, number> | null>

  /** The neighbour's state: `REACHABLE`, `STALE`, `FAILED`, …; null where there is no entry. */
  neighbourState(address: string, link: string): Promise<string | null>

  /** Asks the IPv6 routers of a link what they offer; whatever they say is in `read` from then on. */
  askRouters(link: string): void

  /**
   * Forgets the tracked connections of clients in `sources` (CIDRs) that leave without having
   * been masqueraded, so that their next packet is. Returns how many; 0 without conntrack.
   */
  forgetUnmasqueraded(sources: readonly string[]): Promise<number>

  /** The TCP connections that go by a WAN, known by their mark or in our sets. */
  tcpFlows(question: FlowQuestion): Promise<readonly TcpFlow[]>

  /**
   * Forgets the tracked flows with this connection mark, but not running TCP: their next packet
   * finds its way and its address again. Nothing happens without conntrack.
   */
  forgetFlows(question: ForgetQuestion): Promise<void>

  /**
   * The same for this machine's own UDP, and only a packet of this machine's begins a flow again.
   */
  forgetOwnFlows(question: ForgetOwnQuestion): Promise<void>

  /**
   * Forgets the tracked flows with this connection mark that nobody has answered so far, where
   * their address was translated or is this host's. Nothing happens without conntrack.
   */
  forgetUnanswered(question: UnansweredQuestion): Promise<void>

  /**
   * Forgets the tracked queries to these resolvers, so that the next one of a flow is translated
   * anew, or no more; null: those that are translated, to whomever. Nothing happens without
   * conntrack.
   */
  forgetQueries(resolvers: readonly string[] | null): Promise<void>

  /** Ends the helpers; leaves the kernel as it is. Idempotent. */
  close(): Promise<void>
}

/** Hears the IPv6 routers of this host's links: the kernel doesn't keep who said what. */
export interface RouterEar {
  heard(): readonly Router[]
  /** Has them say it now, at least within a second or so. */
  ask(link: string): void
  /** Somebody says something new, or something no longer holds. */
  onNews(listener: () => void): void
  close(): void
}

export interface FlowQuestion {
  /** The connection mark of the flows, within our mask. */
  readonly mark: number
  readonly families: readonly Family[]
  /** Sets of ours with source, port, destination, port. */
  readonly sets: readonly string[]
}

export interface ForgetQuestion {
  /** The connection mark of the flows, within our mask. */
  readonly mark: number
  readonly families: readonly Family[]
  /**
   * TCP connections without an answer so far go too. Where they would leave by another link the
   * kernel drops the next question, for it has the wrong address; on the same link they live on.
   */
  readonly asked: boolean
  /** Only UDP flows of these policies; left out: everybody's. */
  readonly only?: FlowFilter
}

export type UnansweredQuestion = Pick<ForgetQuestion, 'mark' | 'families'>

export interface ForgetOwnQuestion {
  /** The connection mark of the flows, within our mask. */
  readonly mark: number
  readonly families: readonly Family[]
  /** The addresses of this machine that they begin at. */
  readonly sources: readonly string[]
  /** Only flows of these policies; left out: all. */
  readonly only?: FlowFilter
}

export interface ChangeFailure {
  readonly change: Change
  /** What was being done and what the tool said. */
  readonly error: string
}
