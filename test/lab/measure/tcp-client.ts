/** A long TCP connection at a client: when data came, when it broke, when it worked again. */
import { waitFor } from '../../wait-for.ts'
import { Agent } from '../agents/agent.ts'
import type { TcpAgentOptions } from '../agents/tcp-agent.ts'
import type { LabNode } from '../network/node.ts'
import { ports } from '../network/plan.ts'

export interface TcpMoment {
  readonly what: 'connected' | 'data' | 'broken'
  readonly atMs: number
  /** The local port, or the error's code. */
  readonly detail: string
}

export class TcpClient {
  readonly moments: TcpMoment[] = []
  readonly #agent: Agent

  private constructor(agent: Agent) {
    this.#agent = agent
    agent.onWords(([what, atMs, detail = '']) => {
      if (what === 'connected' || what === 'data' || what === 'broken') {
        this.moments.push({ what, atMs: Number(atMs), detail })
      }
    })
  }

  /** `sending`: an echo each 50 ms; `receiving`: ticks of the server each 100 ms. */
  static async start(
    node: LabNode,
    { target, kind }: { readonly target: string; readonly kind: 'sending' | 'receiving' },
  ): Promise<TcpClient> {
    const argument: TcpAgentOptions =
      kind === 'sending'
        ? { target, port: ports.tcpEcho, sendEveryMs: 50 }
        : { target, port: ports.tcpTicks, sendEveryMs: null }
    const program = new URL('../agents/tcp-agent.ts', import.meta.url)
    const client = new TcpClient(await Agent.start(node, program, argument))
    await client.waitForData({ afterMs: 0, deadlineMs: 5_000 })
    return client
  }

  waitForData({
    afterMs,
    deadlineMs,
  }: {
    afterMs: number
    deadlineMs: number
  }): Promise<TcpMoment> {
    return waitFor(() => this.moments.find(({ what, atMs }) => what === 'data' && atMs > afterMs), {
      deadlineMs,
      what: 'data over TCP',
    })
  }

  /** The first break after a moment; its code is ECONNRESET where it was reset. */
  waitForBreak({
    afterMs,
    deadlineMs,
  }: {
    afterMs: number
    deadlineMs: number
  }): Promise<TcpMoment> {
    return waitFor(
      () => this.moments.find(({ what, atMs }) => what === 'broken' && atMs > afterMs),
      { deadlineMs, what: 'the connection to break' },
    )
  }

  breaksAfter(afterMs: number): readonly TcpMoment[] {
    return this.moments.filter(({ what, atMs }) => what === 'broken' && atMs > afterMs)
  }

  stop(): Promise<void> {
    return this.#agent.stop()
  }
}
