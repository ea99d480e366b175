/**
 * Makes the flows of a WAN that was left begin again elsewhere: lists its TCP connections and
 * pokes their clients, forgets what is not TCP. One after the other, and the loop never waits:
 * listing ten thousand connections must not keep the next failover waiting.
 */
import type { Kernel } from '../kernel/port.ts'
import { messageOf } from '../model/caught-error.ts'
import type { Log } from '../model/log.ts'
import { isMeant } from '../network/policies/flow-filter.ts'
import type { Prober } from '../probe/port.ts'
import type { Errand, ForgetOwn, ForgetQueries, ResetFlows } from '../turn/errand.ts'

export type FlowErrand =
  | ResetFlows
  | ForgetOwn
  | ForgetQueries
  | Extract<Errand, { kind: 'forget_unmasqueraded' }>

export interface FlowErrandParts {
  readonly kernel: Kernel
  readonly prober: Prober
  readonly log: Log
}

export class FlowErrands {
  readonly #parts: FlowErrandParts
  #underWay: Promise<void> = Promise.resolve()
  #closed = false

  constructor(parts: FlowErrandParts) {
    this.#parts = parts
  }

  begin(errand: FlowErrand): void {
    this.#underWay = this.#underWay.then(() => this.#attempt(errand))
  }

  /** Resolves when nothing is under way any more; nothing begins after it. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#underWay
  }

  async #attempt(errand: FlowErrand): Promise<void> {
    if (this.#closed) return
    try {
      await this.#carryOut(errand)
    } catch (error) {
      const why = messageOf(error)
      this.#parts.log.error(`${nameOf(errand)} failed: ${why}`)
    }
  }

  async #carryOut(errand: FlowErrand): Promise<void> {
    switch (errand.kind) {
      case 'reset_flows':
        return await this.#reset(errand)
      case 'forget_own':
        return await this.#parts.kernel.forgetOwnFlows(errand)
      case 'forget_unmasqueraded':
        return await this.#forget(errand.sources)
      case 'forget_queries':
        return await this.#parts.kernel.forgetQueries(errand.resolvers)
    }
  }

  /** Clients that wait for an answer come first: what is not TCP tries again by itself. */
  async #reset(errand: ResetFlows): Promise<void> {
    const { kernel, prober, log } = this.#parts
    const { wan, mark, families, first, only } = errand
    const all = await kernel.tcpFlows(errand)
    const flows = only === undefined ? all : all.filter((flow) => isMeant(only, flow, 'tcp'))
    if (flows.length > 0) {
      const poked = await prober.poke(flows)
      const again = first ? '' : ' left over'
      log.info(`resetting ${poked} TCP connections of ${wan}${again}, so that programs reconnect`)
    }
    if (!first) return
    const { asked } = errand
    await kernel.forgetFlows({ mark, families, asked, ...(only === undefined ? {} : { only }) })
  }

  async #forget(sources: readonly string[]): Promise<void> {
    const { kernel, log } = this.#parts
    const forgotten = await kernel.forgetUnmasqueraded(sources)
    if (forgotten > 0) {
      log.info(`forgot ${forgotten} untranslated connections; they are translated now`)
    }
  }
}

function nameOf(errand: FlowErrand): string {
  switch (errand.kind) {
    case 'reset_flows':
      return `resetting the connections of ${errand.wan}`
    case 'forget_own':
      return `forgetting this machine's own flows of ${errand.wan}`
    case 'forget_unmasqueraded':
      return 'forgetting untranslated connections'
    case 'forget_queries':
      return 'forgetting queries for names'
  }
}
