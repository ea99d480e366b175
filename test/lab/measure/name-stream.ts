/** Questions for a name all the time, and what each was answered. */
import { waitFor } from '../../wait-for.ts'
import { Agent } from '../agents/agent.ts'
import type { NameAgentOptions } from '../agents/name-agent.ts'
import type { LabNode } from '../network/node.ts'

export interface AnsweredName {
  readonly askedMs: number
  readonly answeredMs: number
  /** What the resolver says that the name has: each of the lab's says something else. */
  readonly address: string
}

export interface NameStreamOptions extends Partial<Omit<NameAgentOptions, 'resolver'>> {
  readonly resolver: string
}

export class NameStream {
  readonly #agent: Agent
  readonly #asked = new Map<string, number>()
  readonly #answered: AnsweredName[] = []

  private constructor(agent: Agent) {
    this.#agent = agent
    agent.onWords((words) => this.#note(words))
  }

  static async start(node: LabNode, options: NameStreamOptions): Promise<NameStream> {
    const argument: NameAgentOptions = { everyMs: 50, protocol: 'udp', port: null, ...options }
    const program = new URL('../agents/name-agent.ts', import.meta.url)
    return new NameStream(await Agent.start(node, program, argument))
  }

  /** The answer to the first question that was answered of those asked after a moment. */
  waitForAnswer({
    afterMs,
    address,
    deadlineMs = 10_000,
  }: {
    readonly afterMs: number
    /** Left out: any. */
    readonly address?: string
    readonly deadlineMs?: number
  }): Promise<AnsweredName> {
    const fits = (one: AnsweredName) =>
      one.askedMs >= afterMs && (address === undefined || one.address === address)
    const what = `an answer${address === undefined ? '' : ` with ${address}`}`
    return waitFor(() => this.#answered.find(fits), { deadlineMs, what })
  }

  answersAfter(momentMs: number): readonly AnsweredName[] {
    return this.#answered.filter(({ askedMs }) => askedMs >= momentMs)
  }

  askedAfter(momentMs: number): number {
    return [...this.#asked.values()].filter((askedMs) => askedMs >= momentMs).length
  }

  stop(): Promise<void> {
    return this.#agent.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #note([what, number = '', ms, address = '']: readonly string[]): void {
    const atMs = Number(ms)
    if (what === 'asked') this.#asked.set(number, atMs)
    const askedMs = this.#asked.get(number)
    if (what !== 'answer' || askedMs === undefined) return
    this.#answered.push({ askedMs, answeredMs: atMs, address })
  }
}
