/**
 * The kernel as one process of the daemon sees it: calls take their time, and every single change
 * is shown to the witness, with what stood before and after it.
 */

import type {
  ChangeFailure,
  FlowQuestion,
  ForgetOwnQuestion,
  ForgetQuestion,
  Kernel,
  UnansweredQuestion,
} from '../../../src/kernel/port.ts'
import type { KernelSign } from '../../../src/model/event.ts'
import type { TcpFlow } from '../../../src/model/flow.ts'
import type {
  Capabilities,
  ForwardingState,
  HostState,
  RouteAnswer,
  RouteQuestion,
} from '../../../src/model/host.ts'
import type { Change } from '../../../src/network/diff/change.ts'
import type { FakeKernel } from '../../fakes/fake-kernel.ts'
import type { Random } from '../../random.ts'
import type { Witness } from '../checks/witness.ts'
import type { SimulatedProcess } from './simulated-process.ts'
import type { World } from './world.ts'

export class WatchedKernel implements Kernel {
  readonly #process: SimulatedProcess
  readonly #kernel: FakeKernel
  readonly #world: World
  readonly #random: Random
  readonly #witness: Witness

  constructor(parts: {
    readonly process: SimulatedProcess
    readonly world: World
    readonly random: Random
    readonly witness: Witness
  }) {
    this.#process = parts.process
    this.#kernel = parts.world.kernel
    this.#world = parts.world
    this.#random = parts.random
    this.#witness = parts.witness
  }

  async read(): Promise<HostState> {
    await this.#pass(1, 3)
    const host = await this.#kernel.read()
    await this.#pass(1, 3)
    const { nftUnreadPercent } = this.#world
    const isUnread = nftUnreadPercent > 0 && this.#random.chance(nftUnreadPercent / 100)
    return isUnread ? { ...host, nft: null, nftUnread: 'nft is out of its mind' } : host
  }

  async apply(changes: readonly Change[]): Promise<readonly ChangeFailure[]> {
    const failures: ChangeFailure[] = []
    for (const change of changes) {
      await this.#pass(0.2, 0.5)
      const before = await this.#kernel.read()
      failures.push(...(await this.#kernel.apply([change])))
      await this.#witness.changed({ before, change, after: await this.#kernel.read() })
      await this.#mayDie()
    }
    return failures
  }

  async routeGet(question: RouteQuestion): Promise<RouteAnswer> {
    await this.#pass(0.2, 0.8)
    return await this.#kernel.routeGet(question)
  }

  watch(listener: (sign: KernelSign) => void): void {
    this.#kernel.watch((sign) => this.#process.deliver(() => listener(sign)))
  }

  async capabilities(): Promise<Capabilities> {
    await this.#pass(50, 200)
    return await this.#kernel.capabilities()
  }

  async forwarding(): Promise<ForwardingState> {
    return await this.#kernel.forwarding()
  }

  async linkBytes(link: string): Promise<{ received: number; sent: number } | null> {
    return await this.#kernel.linkBytes(link)
  }

  async counters(): Promise<ReadonlyMap<string, number> | null> {
    await this.#pass(10, 30)
    return await this.#kernel.counters()
  }

  async neighbourState(address: string, link: string): Promise<string | null> {
    return await this.#kernel.neighbourState(address, link)
  }

  askRouters(link: string): void {
    this.#kernel.askRouters(link)
  }

  async forgetUnmasqueraded(sources: readonly string[]): Promise<number> {
    await this.#pass(1, 3)
    return await this.#kernel.forgetUnmasqueraded(sources)
  }

  async tcpFlows(question: FlowQuestion): Promise<readonly TcpFlow[]> {
    void question
    return await this.#kernel.tcpFlows()
  }

  async forgetFlows(question: ForgetQuestion): Promise<void> {
    await this.#pass(1, 3)
    await this.#kernel.forgetFlows(question)
  }

  async forgetUnanswered(question: UnansweredQuestion): Promise<void> {
    await this.#pass(1, 3)
    await this.#kernel.forgetUnanswered(question)
  }

  async forgetOwnFlows(question: ForgetOwnQuestion): Promise<void> {
    await this.#pass(1, 3)
    await this.#kernel.forgetOwnFlows(question)
  }

  async forgetQueries(resolvers: readonly string[] | null): Promise<void> {
    await this.#pass(1, 3)
    await this.#kernel.forgetQueries(resolvers)
  }

  /** The kernel outlives the process. */
  async close(): Promise<void> {}

  async #mayDie(): Promise<void> {
    const left = this.#process.diesAfterChanges
    if (left === null) return
    this.#process.diesAfterChanges = left - 1
    if (left > 1) return
    this.#process.die()
    await this.#pass(0, 0)
  }

  #pass(leastMs: number, mostMs: number): Promise<void> {
    return this.#process.pass(this.#random.between(leastMs, mostMs))
  }
}
