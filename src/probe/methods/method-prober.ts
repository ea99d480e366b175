import type { ProbeOutcome, ProbeRequest } from '../../model/probe.ts'

/** One way of probing: its question and what the answer means, and nothing about who wants it. */
export interface MethodProber {
  /**
   * Sends one probe and resolves with its outcome. Null is silence: nobody answered while the
   * question was remembered, or the prober was closed. It rejects for a broken invariant only.
   */
  ask(request: ProbeRequest): Promise<ProbeOutcome | null>

  /** Frees what only this method holds; the prober closes what methods share. */
  close?(): void
}
