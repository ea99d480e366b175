import type { ProbeOutcome, ProbeRequest } from '../../model/probe.ts'

/** One way of probing: an adapter each for ICMP, DNS, TCP, HTTP and ARP. */
export interface MethodProber {
  /** Sends, or tells `unsent`; may tell at once, the prober moves that to a later turn. */
  send(request: ProbeRequest): void
  close(): void
}

/** Tells what became of a request; the adapters call it at most once each. */
export type Tell = (request: ProbeRequest, outcome: ProbeOutcome) => void
