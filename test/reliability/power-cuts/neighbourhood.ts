/** The lab around a box: a client that sends, two lines, and neighbours that expect an answer. */
import '../../lab/enter-namespace.ts'
import { Lab } from '../../lab/lab.ts'
import type { EchoStream } from '../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { LabNode } from '../../lab/network/node.ts'
import type { WanNumber } from '../../lab/network/plan.ts'

const carriedMs = 10_000
const answerSeconds = 5

export class Neighbourhood {
  readonly lab: Lab
  readonly #slowness: number
  #stream: EchoStream | null = null

  private constructor(lab: Lab, slowness: number) {
    this.lab = lab
    this.#slowness = slowness
  }

  /** Its box takes `slowness` times as long for everything as a usual one. */
  static async open({ slowness }: { readonly slowness: number }): Promise<Neighbourhood> {
    return new Neighbourhood(await Lab.create({ topology: 'one-subnet' }), slowness)
  }

  /** Once the box stands. */
  async startStream(): Promise<void> {
    const client = this.lab.client(1)
    // Before the daemon is there again the kernel sends redirects, which a client heeds for minutes.
    await client.script('echo 0 >/proc/sys/net/ipv4/conf/all/accept_redirects')
    await client.script('echo 0 >/proc/sys/net/ipv4/conf/eth0/accept_redirects')
    this.#stream = await client.startStream({ newFlows: true })
  }

  async silence(wan: WanNumber): Promise<void> {
    await this.lab.fault({ wan, kind: 'upstream-silent' })
  }

  async mendLines(): Promise<void> {
    for (const wan of [1, 2] as const) await this.lab.repair(wan)
  }

  async carriesBy(wan: WanNumber): Promise<boolean> {
    const wait = { afterMs: monotonicMs(), deadlineMs: carriedMs * this.#slowness }
    const carried = this.#stream?.waitForWan(wan, wait) ?? Promise.reject(new Error('no stream'))
    return await carried.then(
      () => true,
      () => false,
    )
  }

  async whoMisses(): Promise<readonly string[]> {
    const { lab } = this
    const nodes = [lab.client(1), lab.client(2), lab.gateway(1), lab.gateway(2)]
    const missing = await Promise.all(nodes.map((node) => this.#misses(node)))
    return missing.flat()
  }

  async close(): Promise<void> {
    await this.#stream?.stop()
    await this.lab.close()
  }

  #misses(node: LabNode): Promise<readonly string[]> {
    const patience = ['-c', '1', '-W', String(answerSeconds * this.#slowness)]
    return node.run('ping', '-n', ...patience, this.lab.plan.lan.hostAddress).then(
      () => [],
      () => [node.name],
    )
  }
}
