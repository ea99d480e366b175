/**
 * New TCP connections of a client all the time, as a browser opens them: when each was begun, when
 * it stood, and by which WAN. All times are monotonicMs().
 */
import { waitFor } from '../../wait-for.ts'
import { Agent } from '../agents/agent.ts'
import type { FreshConnectionOptions } from '../agents/fresh-connection-agent.ts'
import type { LabNode } from '../network/node.ts'
import { ports, target as server, type WanNumber, wanOfSender } from '../network/plan.ts'

export interface FreshConnection {
  readonly begunMs: number
  /** null: it neither stands nor has failed yet. */
  readonly end: Stood | { readonly atMs: number; readonly error: string } | null
}

interface Stood {
  readonly atMs: number
  readonly wan: WanNumber | null
}

export class FreshConnections {
  readonly #agent: Agent
  readonly #all = new Map<string, FreshConnection>()

  private constructor(agent: Agent) {
    this.#agent = agent
    agent.onWords((words) => this.#note(words))
  }

  /** Resolves once the first one stands. Default: one each 20 ms, to a server of the Internet's. */
  static async start(
    node: LabNode,
    { target = server, everyMs = 20 }: { target?: string; everyMs?: number } = {},
  ): Promise<FreshConnections> {
    const argument: FreshConnectionOptions = { target, port: ports.tcpWho, everyMs }
    const program = new URL('../agents/fresh-connection-agent.ts', import.meta.url)
    const connections = new FreshConnections(await Agent.start(node, program, argument))
    await waitFor(() => [...connections.#all.values()].some(({ end }) => standing(end) !== null), {
      deadlineMs: 5_000,
      what: `a first connection to ${target} in ${node.name}`,
    })
    return connections
  }

  /** Those begun from `fromMs` until before `toMs`, in their order. */
  begunBetween(fromMs: number, toMs: number): readonly FreshConnection[] {
    return [...this.#all.values()].filter(({ begunMs }) => begunMs >= fromMs && begunMs < toMs)
  }

  /** When the first one stood by `wan` that was begun at or after `afterMs`. */
  waitForWan(
    wan: WanNumber,
    { afterMs, deadlineMs }: { afterMs: number; deadlineMs: number },
  ): Promise<number> {
    const first = () => {
      const times = this.begunBetween(afterMs, Number.POSITIVE_INFINITY).flatMap(({ end }) => {
        const stood = standing(end)
        return stood?.wan === wan ? [stood.atMs] : []
      })
      return times.length > 0 && Math.min(...times)
    }
    return waitFor(first, { deadlineMs, what: `a new connection by WAN ${wan}` })
  }

  /** How many of those begun in this time did not stand within `lateMs`. */
  lateBetween(fromMs: number, toMs: number, lateMs: number): number {
    return this.begunBetween(fromMs, toMs).filter(({ begunMs, end }) => {
      const stood = standing(end)
      return stood === null || stood.atMs - begunMs > lateMs
    }).length
  }

  /** How many of those begun in this time came to nothing: refused, reset, or given up after 5 s. */
  failedBetween(fromMs: number, toMs: number): number {
    return this.begunBetween(fromMs, toMs).filter(({ end }) => end !== null && 'error' in end)
      .length
  }

  stop(): Promise<void> {
    return this.#agent.stop()
  }

  #note([what, number = '', ms, detail = '']: readonly string[]): void {
    const atMs = Number(ms)
    if (what === 'begun') this.#all.set(number, { begunMs: atMs, end: null })
    if (this.#all.size > mostConnections) this.#forgetOldest()
    const own = this.#all.get(number)
    if (own === undefined || own.end !== null) return
    if (what === 'done') this.#all.set(number, { ...own, end: { atMs, wan: wanOfSender(detail) } })
    if (what === 'failed') this.#all.set(number, { ...own, end: { atMs, error: detail } })
  }

  #forgetOldest(): void {
    for (const number of this.#all.keys()) {
      this.#all.delete(number)
      return
    }
  }
}

/** A client that nobody stops must not fill the memory. */
const mostConnections = 50_000

function standing(end: FreshConnection['end']): Stood | null {
  return end !== null && 'wan' in end ? end : null
}
