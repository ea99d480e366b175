/**
 * Asks each target for the A record of `dns_name`. An address or "no such name" is an answer.
 * SERVFAIL, REFUSED and the like are refusals: routers and hotspots that take port 53 for
 * themselves say so for the target while their own line is dead, and a name that can't be
 * resolved is what users mean by "DNS is dead".
 */
import type { ProbeRequest } from '../../model/probe.ts'
import type { DnsAnswer, DnsAsker } from './dns-asker.ts'
import type { MethodProber, Tell } from './method-prober.ts'

export class DnsProber implements MethodProber {
  readonly #asker: DnsAsker
  readonly #name: string
  readonly #tell: Tell

  constructor({ asker, name, tell }: { asker: DnsAsker; name: string; tell: Tell }) {
    this.#asker = asker
    this.#name = name
    this.#tell = tell
  }

  send(request: ProbeRequest): void {
    const { wan, family, target } = request
    const question = { name: this.#name, type: 'A', class: 'IN' } as const
    this.#asker.ask({ wan, family, server: target, question }, (answer) => {
      this.#tell(request, this.#judge(request, answer))
    })
  }

  /** The asker is shared, so who made it closes it. */
  close(): void {}

  #judge({ target }: ProbeRequest, answer: DnsAnswer): Parameters<Tell>[1] {
    if (answer.kind === 'unsent') return answer
    const { code } = answer.response
    if (code === 'NOERROR' || code === 'NXDOMAIN') return { kind: 'answered', rttMs: answer.rttMs }
    return { kind: 'refused', reason: `${target} answers ${code} for ${this.#name}` }
  }
}
