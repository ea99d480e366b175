/** The port of the probes: `daemon.ts` speaks to this, `probe/` implements it, a fake can. */
import type { TcpFlow } from '../model/flow.ts'
import type { ProbeRequest, ProbeResult } from '../model/probe.ts'

export interface Prober {
  /**
   * Sends one probe and returns at once. At most one result a request is told, in a later turn of
   * the event loop; silence tells nothing. An answer is told however late it comes, as long as
   * the prober remembers the request (ten seconds, and the newest 4096 of them).
   * A probe leaves by its WAN or fails as `unsent`; it never leaves by another.
   */
  send(request: ProbeRequest): void

  /** Asks which public address the WAN has; null where nobody could tell. */
  askPublicAddress(wan: number): Promise<string | null>

  /** Makes the beginners of these flows say something; resolves with how many were asked. */
  poke(flows: readonly TcpFlow[]): Promise<number>

  /** Frees the sockets; nothing is told afterwards. Idempotent. */
  close(): void
}

export type ProbeListener = (result: ProbeResult) => void
