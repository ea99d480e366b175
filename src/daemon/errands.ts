/**
 * Carries out what a turn wants done. What takes time goes on beside the loop, and puts what comes
 * of it into the queue; the loop waits for the snapshot only. It decides nothing.
 */
import type { Kernel } from '../kernel/port.ts'
import type { Audience } from '../model/audience.ts'
import type { LinkBytes } from '../model/host.ts'
import type { Log } from '../model/log.ts'
import type { Snapshot } from '../model/published/snapshot.ts'
import type { ResolverQuestion, ServerQuestion } from '../model/resolver.ts'
import type { Uplink } from '../model/uplink.ts'
import type { PairKeeper } from '../pair/port.ts'
import type { Prober } from '../probe/port.ts'
import { composeSnapshot } from '../report/snapshot.ts'
import type { Errand } from '../turn/errand.ts'
import type { EventQueue } from './event-queue.ts'
import { FlowErrands } from './flow-errands.ts'
import type { Memory } from './memory/memory.ts'
import { carryOutForTunnel, type TunnelErrandParts } from './tunnel-errands.ts'

export interface ErrandParts extends TunnelErrandParts {
  readonly kernel: Kernel
  readonly prober: Prober
  readonly audience: Audience
  readonly memory: Memory
  readonly log: Log
  readonly queue: EventQueue
  /** Left out: this box is alone. */
  readonly pair?: PairKeeper
}

export class Errands {
  readonly #parts: ErrandParts
  readonly #flows: FlowErrands
  #snapshot: Snapshot | null = null

  constructor(parts: ErrandParts) {
    this.#parts = parts
    this.#flows = new FlowErrands(parts)
  }

  /** The newest published state; null before the first one. */
  get snapshot(): Snapshot | null {
    return this.#snapshot
  }

  /** Begins all of them; resolves when nothing is left that the loop has to wait for. */
  async begin(errands: readonly Errand[]): Promise<void> {
    for (const errand of errands) {
      if (errand.kind === 'publish') await this.#publish(errand.known)
      else this.#begin(errand)
    }
  }

  /** Carries all of them out to the end. */
  async finish(errands: readonly Errand[]): Promise<void> {
    for (const errand of errands) {
      if (errand.kind === 'read_counters') await this.#readCounters()
      else await this.begin([errand])
    }
  }

  /** Leaves the house to the other box, where there is one. */
  async leavePair(): Promise<void> {
    await this.#parts.pair?.leave()
  }

  /** Ends what is under way with flows; nothing begins with them after it. */
  closeFlows(): Promise<void> {
    return this.#flows.close()
  }

  #begin(errand: Exclude<Errand, { kind: 'publish' }>): void {
    const { prober, kernel, memory, audience, log } = this.#parts
    switch (errand.kind) {
      case 'send_probe':
        prober.send(errand.request)
        break
      case 'ask_public_address':
        this.#askPublicAddress(errand.wan).catch((error: unknown) => log.debug(String(error)))
        break
      case 'ask_resolver':
        this.#askResolver(errand.question).catch((error: unknown) => log.debug(String(error)))
        break
      case 'ask_server':
        this.#askServer(errand.question).catch((error: unknown) => log.debug(String(error)))
        break
      case 'check_web':
        this.#checkWeb(errand).catch((error: unknown) => log.debug(String(error)))
        break
      case 'ask_routers':
        kernel.askRouters(errand.link)
        break
      case 'look_at_forwarding':
        this.#lookAtForwarding().catch((error: unknown) => log.debug(String(error)))
        break
      case 'read_counters':
        this.#readCounters().catch((error: unknown) => log.debug(String(error)))
        break
      case 'tend_tunnel':
      case 'nudge_tunnel':
      case 'look_at_tunnel':
      case 'resolve_endpoint':
      case 'dial_tunnel':
      case 'listen_to_dialled':
      case 'settle_dialled':
      case 'ask_server_of_tunnel':
        carryOutForTunnel(errand, this.#parts).catch((error: unknown) => log.warn(String(error)))
        break
      case 'reset_flows':
      case 'forget_unmasqueraded':
      case 'forget_queries':
      case 'forget_unanswered':
      case 'forget_own':
        this.#flows.begin(errand)
        break
      case 'remember':
        memory.save(errand.remembered)
        break
      case 'save_book':
        memory.saveBook(errand.book)
        break
      case 'keep_pair':
        this.#parts.pair?.keep(errand.order)
        break
      case 'announce':
        audience.announce(errand.event)
    }
  }

  async #askPublicAddress(wan: number): Promise<void> {
    const { prober, queue } = this.#parts
    const address = await prober.askPublicAddress(wan).catch(() => null)
    queue.push({ kind: 'public_address', wan, address })
  }

  async #askResolver(question: ResolverQuestion): Promise<void> {
    const { prober, queue } = this.#parts
    const outcome = await prober.askResolver(question)
    queue.push({ kind: 'resolver_answer', question, outcome })
  }

  async #askServer(question: ServerQuestion): Promise<void> {
    const { prober, queue } = this.#parts
    const outcome = await prober.askServer(question)
    queue.push({ kind: 'server_answer', question, outcome })
  }

  async #checkWeb({ wan, round }: Extract<Errand, { kind: 'check_web' }>): Promise<void> {
    const { prober, queue } = this.#parts
    const answers = await prober.checkWeb(wan).catch(() => [])
    queue.push({ kind: 'web_checked', wan, round, answers })
  }

  async #lookAtForwarding(): Promise<void> {
    const { kernel, queue } = this.#parts
    queue.push({ kind: 'forwarding', forwarding: await kernel.forwarding() })
  }

  async #readCounters(): Promise<void> {
    const { kernel, queue } = this.#parts
    const counters = await kernel.counters().catch(() => null)
    queue.push({ kind: 'counters', counters })
  }

  async #publish(known: Extract<Errand, { kind: 'publish' }>['known']): Promise<void> {
    const bytes = await this.#bytesOf(known.uplinks)
    this.#snapshot = composeSnapshot({ ...known, bytes })
    this.#parts.audience.publish(this.#snapshot)
  }

  /** By WAN name; a link that several WANs share counts for none of them. */
  async #bytesOf(uplinks: readonly Uplink[]): Promise<ReadonlyMap<string, LinkBytes>> {
    const bytes = new Map<string, LinkBytes>()
    for (const { name, link, sharesLink } of uplinks) {
      const counted = link === null || sharesLink ? null : await this.#parts.kernel.linkBytes(link)
      if (counted !== null) bytes.set(name, counted)
    }
    return bytes
  }
}
