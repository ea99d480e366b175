/** Many running flows of a client at once: which were reset, which moved, when all were silent. */
import { waitFor } from '../../wait-for.ts'
import { Agent } from '../agents/agent.ts'
import type { ManyFlowsOptions } from '../agents/many-flows-agent.ts'
import type { LabNode } from '../network/node.ts'
import { ports, target } from '../network/plan.ts'

export interface FlowCounts {
  readonly tcp: number
  readonly udp: number
}

interface Change {
  readonly kind: 'tcp' | 'udp'
  readonly atMs: number
  /** The error's code, or the WAN by which the answers come now. */
  readonly detail: string
}

export interface Silence {
  readonly fromMs: number
  readonly toMs: number
}

/** Each connection sends five times a second, each UDP flow ten times: an answer every 2 ms. */
const tcpEveryMs = 200
const udpEveryMs = 100
/** No machine is that busy by itself. */
const shortestSilenceMs = 150

export class ManyFlows {
  readonly silences: Silence[] = []
  readonly #agent: Agent
  readonly #changes: Change[] = []
  readonly #running = new Set<string>()

  private constructor(agent: Agent) {
    this.#agent = agent
    agent.onWords((words) => this.#note(words))
  }

  /** Resolves once every UDP flow has had an answer; the connections stand by then. */
  static async start(node: LabNode, { tcp, udp }: FlowCounts): Promise<ManyFlows> {
    const argument: ManyFlowsOptions = {
      target,
      tcp: { port: ports.tcpEcho, count: tcp, everyMs: tcpEveryMs },
      udp: { port: ports.udpEcho, count: udp, everyMs: udpEveryMs },
      shortestSilenceMs,
    }
    const program = new URL('../agents/many-flows-agent.ts', import.meta.url)
    const flows = new ManyFlows(await Agent.start(node, program, argument))
    const what = `answers to all of ${udp} flows`
    await waitFor(() => flows.#running.size === udp, { deadlineMs: 5_000, what })
    return flows
  }

  /** Connections that ended in this time, however they did. */
  endedBetween(fromMs: number, toMs: number): number {
    return this.#between(fromMs, toMs, 'tcp').length
  }

  /** UDP flows whose answers began to come by another WAN in this time. */
  movedBetween(fromMs: number, toMs: number): number {
    return this.#between(fromMs, toMs, 'udp').length
  }

  stop(): Promise<void> {
    return this.#agent.stop()
  }

  #between(fromMs: number, toMs: number, wanted: Change['kind']): readonly Change[] {
    return this.#changes.filter(
      ({ kind, atMs }) => kind === wanted && atMs >= fromMs && atMs < toMs,
    )
  }

  #note([what, first = '', ms, detail = '']: readonly string[]): void {
    if (what === 'silence') this.silences.push({ fromMs: Number(first), toMs: Number(ms) })
    if (what === 'tcp') this.#changes.push({ kind: what, atMs: Number(ms), detail })
    if (what !== 'udp') return
    // The first answer of all is where the flow is, not a move.
    if (this.#running.has(first)) this.#changes.push({ kind: what, atMs: Number(ms), detail })
    this.#running.add(first)
  }
}
