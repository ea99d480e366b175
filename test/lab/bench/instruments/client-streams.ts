/**
 * What a client of the house sees: a stream of packets that is one running flow, and new TCP
 * connections all the time. The two are told apart, for what has nothing to lose may move sooner.
 */
import type { EchoStream } from '../../measure/echo-stream.ts'
import { FreshConnections } from '../../measure/fresh-connections.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import type { LabNode } from '../../network/node.ts'
import type { WanNumber } from '../../network/plan.ts'
import { pause } from './pause.ts'

export interface Arrival {
  readonly runningMs: number
  readonly newMs: number
  readonly bothMs: number
}

export interface Loss {
  readonly running: number
  /** Connections that did not stand at once; a lost question's repetition doesn't count. */
  readonly new: number
  readonly sent: number
}

/** Connections that were begun between a fault and a second after the first one by the other WAN. */
export interface Waited {
  readonly begun: number
  readonly failed: number
  readonly late: number
}

export interface Paces {
  readonly runningEveryMs: number
  readonly newEveryMs: number
}

export const quickPaces: Paces = { runningEveryMs: 5, newEveryMs: 20 }
/** For what takes minutes: nobody looks through so many thousand packets in passing. */
export const slowPaces: Paces = { runningEveryMs: 50, newEveryMs: 100 }

const calmMs = 500
const arrivalDeadlineMs = 30_000
/** Many round trips of the lab's: what has no answer after this has none. */
const lateMs = 500

export class ClientStreams implements AsyncDisposable {
  readonly #running: EchoStream
  readonly #new: FreshConnections

  private constructor(running: EchoStream, fresh: FreshConnections) {
    this.#running = running
    this.#new = fresh
  }

  static async start(client: LabNode, paces: Paces = quickPaces): Promise<ClientStreams> {
    const [running, fresh] = await Promise.all([
      client.startStream({ everyMs: paces.runningEveryMs }),
      FreshConnections.start(client, { everyMs: paces.newEveryMs }),
    ])
    return new ClientStreams(running, fresh)
  }

  /** Throws unless all is answered, and through this WAN, before anything is measured. */
  async assertCalmThrough(wan: WanNumber): Promise<void> {
    const fromMs = monotonicMs()
    await pause(calmMs + lateMs)
    const ways = this.#ways(fromMs, fromMs + calmMs)
    const astray = ways.filter((way) => way !== wan)
    if (ways.length > 0 && astray.length === 0) return
    const found = `${astray.length} of ${ways.length}`
    throw new Error(`before the run ${found} packets did not go through WAN ${wan}`)
  }

  /**
   * When, counted from `afterMs`, the client is served through `wan` by what it began after that:
   * the answer to the running flow's packet is back, and a new connection stands.
   */
  async firstThrough(
    wan: WanNumber,
    afterMs: number,
    deadlineMs = arrivalDeadlineMs,
  ): Promise<Arrival> {
    const wait = { afterMs, deadlineMs }
    const [{ answer }, stoodMs] = await Promise.all([
      this.#running.waitForWan(wan, wait),
      this.#new.waitForWan(wan, wait),
    ])
    const [runningMs, newMs] = [answer.atMs - afterMs, stoodMs - afterMs]
    return { runningMs, newMs, bothMs: Math.max(runningMs, newMs) }
  }

  /**
   * Resolves once new connections go through `wan`, with how long after `afterMs` that was. A
   * running flow that the host translates may stay where it is (graceful failback); what counts
   * for it is that it loses nothing.
   */
  async newThrough(wan: WanNumber, afterMs: number): Promise<number> {
    const wait = { afterMs, deadlineMs: arrivalDeadlineMs }
    return (await this.#new.waitForWan(wan, wait)) - afterMs
  }

  /** Throws if in this time a packet was answered through this WAN, which should have been dead. */
  assertNothingThrough(wan: WanNumber, fromMs: number, toMs: number): void {
    const passed = this.#ways(fromMs, toMs).filter((way) => way === wan)
    if (passed.length > 0) throw new Error(`WAN ${wan} carried ${passed.length} packets when dead`)
  }

  /** What was sent or begun in this time and had no answer soon. */
  async lostBetween(fromMs: number, toMs: number): Promise<Loss> {
    await pause(Math.max(0, toMs + lateMs - monotonicMs()))
    return {
      running: this.#running.lostBetween(fromMs, toMs),
      new: this.#new.lateBetween(fromMs, toMs, lateMs),
      sent: this.#ways(fromMs, toMs).length,
    }
  }

  /** What became of the connections begun in this time; ask long after its end. */
  waitedBetween(fromMs: number, toMs: number): Waited {
    const failed = this.#new.failedBetween(fromMs, toMs)
    return {
      begun: this.#new.begunBetween(fromMs, toMs).length,
      failed,
      late: this.#new.lateBetween(fromMs, toMs, lateMs) - failed,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#running.stop(), this.#new.stop()])
  }

  /** By which WAN each packet and connection went; null for none. */
  #ways(fromMs: number, toMs: number): (WanNumber | null)[] {
    const stood = this.#new.begunBetween(fromMs, toMs)
    return [
      ...this.#running.between(fromMs, toMs).map(({ answer }) => answer?.wan ?? null),
      ...stood.map(({ end }) => (end !== null && 'wan' in end ? end.wan : null)),
    ]
  }
}
