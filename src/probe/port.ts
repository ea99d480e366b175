/** The port of the probes: `daemon.ts` calls it; `probe/` implements it, and so can a fake. */
import type { TcpFlow } from '../model/flow.ts'
import type { ProbeRequest, ProbeResult } from '../model/probe.ts'
import type { NameOutcome, ResolverQuestion, ServerQuestion } from '../model/resolver.ts'
import type { WebAnswer } from '../model/web-check.ts'

export interface Prober {
  /**
   * Sends one probe and returns at once. The listener gets at most one result for each request,
   * in a later turn of the event loop; it gets none for silence. A late answer counts as long as
   * the prober remembers the request (ten seconds, and the newest 4096 of them).
   * A probe leaves by its WAN or fails as `unsent`; it never leaves by another.
   */
  send(request: ProbeRequest): void

  /** Finds out the WAN's public address; null where no target knows it. */
  askPublicAddress(wan: number): Promise<string | null>

  /** Asks a resolver as this machine itself does, by no WAN in particular; null for silence. */
  askResolver(question: ResolverQuestion): Promise<NameOutcome | null>

  /** Asks a DNS server by one WAN; null for silence. */
  askServer(question: ServerQuestion): Promise<NameOutcome | null>

  /** What a name means to the WAN's DNS targets, asked by it; empty where none of them knows. */
  lookUp(wan: number, name: string): Promise<readonly string[]>

  /** Pings an address by the WAN; whether it answers within two seconds. */
  isThere(wan: number, address: string): Promise<boolean>

  /**
   * Makes a real request by this WAN to each of the two servers, and says what came of it within
   * seven seconds; empty after `close`.
   */
  checkWeb(wan: number): Promise<readonly WebAnswer[]>

  /** Makes the clients of these flows send something; resolves with how many were poked. */
  poke(flows: readonly TcpFlow[]): Promise<number>

  /** Frees the sockets; the listener gets nothing afterwards. Idempotent. */
  close(): void
}

export type ProbeListener = (result: ProbeResult) => void
