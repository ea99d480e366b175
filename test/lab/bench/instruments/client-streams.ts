/**
 * What a client of the house sees: a stream of one running flow and a stream whose packets are new
 * flows each. A case's figure is the later of the two, so neither kind of traffic is left behind.
 */
import type { EchoSample, EchoStream } from '../../measure/echo-stream.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import type { LabNode } from '../../network/node.ts'
import type { WanNumber } from '../../network/plan.ts'
import { pause } from './pause.ts'

export interface Arrival {
  readonly oneFlowMs: number
  readonly newFlowsMs: number
  readonly bothMs: number
}

export interface Loss {
  readonly oneFlow: number
  readonly newFlows: number
  readonly sent: number
}

const oneFlowEveryMs = 5
const newFlowsEveryMs = 10
const calmMs = 500
const arrivalDeadlineMs = 30_000
/** Many round trips of the lab's: what has no answer after this has none. */
const lateMs = 500

export class ClientStreams implements AsyncDisposable {
  readonly #oneFlow: EchoStream
  readonly #newFlows: EchoStream

  private constructor(oneFlow: EchoStream, newFlows: EchoStream) {
    this.#oneFlow = oneFlow
    this.#newFlows = newFlows
  }

  static async start(client: LabNode): Promise<ClientStreams> {
    const [oneFlow, newFlows] = await Promise.all([
      client.startStream({ everyMs: oneFlowEveryMs }),
      client.startStream({ everyMs: newFlowsEveryMs, newFlows: true }),
    ])
    return new ClientStreams(oneFlow, newFlows)
  }

  /** Throws unless all is answered, and through this WAN, before anything is measured. */
  async assertCalmThrough(wan: WanNumber): Promise<void> {
    const fromMs = monotonicMs()
    await pause(calmMs + lateMs)
    const samples = this.#between(fromMs, fromMs + calmMs)
    const astray = samples.filter(({ answer }) => answer?.wan !== wan)
    if (samples.length > 0 && astray.length === 0) return
    const found = `${astray.length} of ${samples.length}`
    throw new Error(`before the run ${found} packets did not go through WAN ${wan}`)
  }

  /**
   * When, counted from `afterMs`, the answer was back of the first packet sent after it that went
   * through `wan`: the packet's way to the Internet and back is counted too.
   */
  async firstThrough(wan: WanNumber, afterMs: number): Promise<Arrival> {
    const wait = { afterMs, deadlineMs: arrivalDeadlineMs }
    const [oneFlow, newFlows] = await Promise.all([
      this.#oneFlow.waitForWan(wan, wait),
      this.#newFlows.waitForWan(wan, wait),
    ])
    const oneFlowMs = oneFlow.answer.atMs - afterMs
    const newFlowsMs = newFlows.answer.atMs - afterMs
    return { oneFlowMs, newFlowsMs, bothMs: Math.max(oneFlowMs, newFlowsMs) }
  }

  /**
   * Resolves once new flows go through `wan`, with how long after `afterMs` that was. A running flow that the host translates may stay
   * where it is (graceful failback); what counts for it is that it loses nothing.
   */
  async newFlowsThrough(wan: WanNumber, afterMs: number): Promise<number> {
    const wait = { afterMs, deadlineMs: arrivalDeadlineMs }
    const { answer } = await this.#newFlows.waitForWan(wan, wait)
    return answer.atMs - afterMs
  }

  /** Throws if in this time a packet was answered through this WAN, which should have been dead. */
  assertNothingThrough(wan: WanNumber, fromMs: number, toMs: number): void {
    const passed = this.#between(fromMs, toMs).filter(({ answer }) => answer?.wan === wan)
    if (passed.length > 0) throw new Error(`WAN ${wan} carried ${passed.length} packets when dead`)
  }

  /** Packets that were sent in this time and never answered. */
  async lostBetween(fromMs: number, toMs: number): Promise<Loss> {
    await pause(Math.max(0, toMs + lateMs - monotonicMs()))
    return {
      oneFlow: this.#oneFlow.lostBetween(fromMs, toMs),
      newFlows: this.#newFlows.lostBetween(fromMs, toMs),
      sent: this.#between(fromMs, toMs).length,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#oneFlow.stop(), this.#newFlows.stop()])
  }

  #between(fromMs: number, toMs: number): EchoSample[] {
    return [...this.#oneFlow.between(fromMs, toMs), ...this.#newFlows.between(fromMs, toMs)]
  }
}
