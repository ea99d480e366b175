/**
 * Measuring at a client, with real packets: when each was sent, when its answer came, by which WAN
 * it went. All times are monotonicMs(), so they can be compared with the test's own.
 */
import { waitFor } from '../../wait-for.ts'
import { Agent } from '../agents/agent.ts'
import type { StreamAgentOptions } from '../agents/stream-agent.ts'
import type { LabNode } from '../network/node.ts'
import { ports, target as server, type WanNumber } from '../network/plan.ts'
import { longestWaitMs } from './address-watch.ts'

export interface EchoStreamOptions {
  /** One of the plan's targets, IPv4 or IPv6; default the server that the daemon doesn't ask. */
  readonly target?: string
  /** Default 10 ms. */
  readonly everyMs?: number
  /** Each packet is a flow of its own (a source port of its own); default false: one flow. */
  readonly newFlows?: boolean
  /** Of its socket, as a VPN marks its own; default none. */
  readonly mark?: number
  /** The socket has this address of its machine for ever. */
  readonly from?: string
  /** The kernel gives the socket an address at the start, for ever. */
  readonly connected?: boolean
}

export interface EchoSample {
  readonly number: number
  readonly sentMs: number
  readonly answer: EchoAnswer | null
}

export interface EchoAnswer {
  readonly atMs: number
  /** The WAN through which the packet reached the Internet. */
  readonly wan: WanNumber
  /** The sender as the Internet saw it: a gateway's public address, behind NAT. */
  readonly address: string
}

/** A stream that nobody stops must not fill the memory: the oldest are forgotten. */
const mostSamples = 200_000

export class EchoStream {
  readonly #agent: Agent
  /** By number, each one more than the one before. */
  readonly #samples = new Map<number, EchoSample>()
  #lastNumber = 0

  private constructor(agent: Agent) {
    this.#agent = agent
    agent.onWords((words) => this.#note(words))
  }

  /**
   * Resolves after the first answer, so that what is missing later is a loss and no start. Without
   * one within 5 s it sends no more: the next stream would find its ports taken.
   */
  static async start(node: LabNode, options: EchoStreamOptions = {}): Promise<EchoStream> {
    const { target = server, everyMs = 10, newFlows = false, mark = 0 } = options
    const { from, connected = false } = options
    const argument: StreamAgentOptions = {
      ...{ target, port: ports.udpEcho, everyMs, newFlows, mark, connected },
      ...(from === undefined ? {} : { from }),
    }
    const program = new URL('../agents/stream-agent.ts', import.meta.url)
    const stream = new EchoStream(await Agent.start(node, program, argument))
    await waitFor(() => stream.#samples.values().some((sample) => sample.answer !== null), {
      deadlineMs: 5000,
      what: `a first answer from ${target} in ${node.name}`,
    }).catch(async (error: unknown) => {
      await stream.stop()
      throw error
    })
    return stream
  }

  /** In the order of sending. */
  samples(): EchoSample[] {
    return [...this.#samples.values()]
  }

  /** Resolves with the first answered packet that was sent at or after `afterMs` through `wan`. */
  async waitForWan(
    wan: WanNumber,
    { afterMs, deadlineMs }: { afterMs: number; deadlineMs: number },
  ): Promise<EchoSample & { readonly answer: EchoAnswer }> {
    const fits = (sample: EchoSample): sample is EchoSample & { readonly answer: EchoAnswer } =>
      sample.answer?.wan === wan
    const what = `an answered packet through WAN ${wan}`
    try {
      return await waitFor(() => this.#from(afterMs).find(fits), { deadlineMs, what })
    } catch (error) {
      throw new Error(`${what}: ${this.#tally(afterMs)}`, { cause: error })
    }
  }

  /** Resolves with the first answer to a packet that was sent at or after `afterMs`. */
  async waitForAnswer({
    afterMs,
    deadlineMs,
  }: {
    readonly afterMs: number
    readonly deadlineMs: number
  }): Promise<EchoAnswer> {
    const fits = ({ sentMs, answer }: EchoSample) => sentMs >= afterMs && answer !== null
    const what = 'an answered packet'
    return await waitFor(() => this.samples().find(fits)?.answer, { deadlineMs, what })
  }

  /**
   * Packets sent from `fromMs` until before `toMs` that have no answer yet. What is still on its
   * way counts as lost, so ask some round trips after `toMs`.
   */
  lostBetween(fromMs: number, toMs: number): number {
    return this.between(fromMs, toMs).filter((sample) => sample.answer === null).length
  }

  /** Packets sent from `fromMs` until before `toMs`. */
  between(fromMs: number, toMs: number): EchoSample[] {
    return [...this.#from(fromMs).filter(({ sentMs }) => sentMs < toMs)]
  }

  /** The longest time within which no answer came, between two answers or until now. */
  longestGapMs(fromMs: number, toMs: number): number {
    const answered = this.samples().flatMap(({ answer }) => (answer === null ? [] : [answer.atMs]))
    const times = answered.filter((atMs) => atMs >= fromMs && atMs < toMs).sort((a, b) => a - b)
    const marks = [fromMs, ...times, toMs]
    return Math.max(...marks.slice(1).map((mark, index) => mark - (marks[index] ?? mark)))
  }

  /**
   * The longest from sending a packet until that or a later one was answered. Unlike a gap between
   * answers it doesn't grow where a busy machine has the sender pause.
   */
  longestWaitMs(fromMs: number, toMs: number): number {
    const answered = this.samples().flatMap(({ answer }) => (answer === null ? [] : [answer.atMs]))
    const asked = this.between(fromMs, toMs).map(({ sentMs }) => sentMs)
    return longestWaitMs(asked, { answered, toMs })
  }

  stop(): Promise<void> {
    return this.#agent.stop()
  }

  /** What was sent from then on: whoever waits looks often, and a long stream has many before. */
  *#from(fromMs: number): Generator<EchoSample> {
    let [low, high] = [this.#lastNumber - this.#samples.size + 1, this.#lastNumber + 1]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if ((this.#samples.get(middle)?.sentMs ?? 0) < fromMs) low = middle + 1
      else high = middle
    }
    for (let number = low; number <= this.#lastNumber; number += 1) {
      const sample = this.#samples.get(number)
      if (sample !== undefined) yield sample
    }
  }

  /** Whether nothing was answered or all by the other WAN are different faults. */
  #tally(fromMs: number): string {
    const samples = [...this.#from(fromMs)]
    const answers = samples.flatMap(({ answer }) => answer ?? [])
    const lastMs = Math.max(...answers.map(({ atMs }) => atMs))
    const by = Map.groupBy(answers, ({ wan }) => wan)
    const counts = [...by].map(([wan, all]) => `${all.length} by WAN ${wan}`).join(', ')
    const last = answers.length === 0 ? '' : `, the last ${Math.round(lastMs - fromMs)} ms after`
    return `of ${samples.length} packets sent since, answered: ${counts || 'none'}${last}`
  }

  #note([what, numberText, msText, wan, address = '']: readonly string[]): void {
    const number = Number(numberText)
    if (what === 'sent') {
      this.#lastNumber = number
      this.#samples.set(number, { number, sentMs: Number(msText), answer: null })
      if (this.#samples.size > mostSamples) this.#samples.delete(number - mostSamples)
      return
    }
    const sample = this.#samples.get(number)
    if (what !== 'answer' || sample === undefined || sample.answer !== null) return
    const answer = { atMs: Number(msText), wan: wan === '1' ? 1 : 2, address } as const
    this.#samples.set(number, { ...sample, answer })
  }
}
