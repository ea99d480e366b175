/** Many short TCP connections of a client, one after the other and side by side: what each met. */
import { waitFor } from '../../wait-for.ts'
import { Agent } from '../agents/agent.ts'
import type { ShortConnectionOptions } from '../agents/short-connection-agent.ts'
import type { LabNode } from '../network/node.ts'
import { ports } from '../network/plan.ts'

export interface ShortConnection {
  readonly begunMs: number
  /** null: neither answered nor failed yet. */
  readonly end: { readonly atMs: number; readonly error: string | null } | null
}

export class ShortConnections {
  readonly #agent: Agent
  readonly #all = new Map<string, ShortConnection>()

  private constructor(agent: Agent) {
    this.#agent = agent
    agent.onWords((words) => this.#note(words))
  }

  /** Resolves after the first answer. */
  static async start(
    node: LabNode,
    { target, everyMs = 10 }: { readonly target: string; readonly everyMs?: number },
  ): Promise<ShortConnections> {
    const argument: ShortConnectionOptions = { target, port: ports.tcpEcho, everyMs }
    const program = new URL('../agents/short-connection-agent.ts', import.meta.url)
    const connections = new ShortConnections(await Agent.start(node, program, argument))
    await connections.waitForAnswer({ afterMs: 0, deadlineMs: 5_000 })
    return connections
  }

  /** Those begun in this time, in their order. */
  begunBetween(fromMs: number, toMs: number): readonly ShortConnection[] {
    return [...this.#all.values()].filter(({ begunMs }) => begunMs >= fromMs && begunMs < toMs)
  }

  /** The first one that was begun after a moment and answered. */
  waitForAnswer({
    afterMs,
    deadlineMs,
  }: {
    readonly afterMs: number
    readonly deadlineMs: number
  }): Promise<ShortConnection> {
    const answered = () =>
      this.begunBetween(afterMs, Number.POSITIVE_INFINITY).find(({ end }) => end?.error === null)
    return waitFor(answered, { deadlineMs, what: 'an answered short connection' })
  }

  stop(): Promise<void> {
    return this.#agent.stop()
  }

  #note([what, number = '', ms, code = '']: readonly string[]): void {
    const atMs = Number(ms)
    if (what === 'begun') this.#all.set(number, { begunMs: atMs, end: null })
    const connection = this.#all.get(number)
    if (connection === undefined || connection.end !== null) return
    if (what === 'done') this.#all.set(number, { ...connection, end: { atMs, error: null } })
    if (what === 'failed') this.#all.set(number, { ...connection, end: { atMs, error: code } })
  }
}
