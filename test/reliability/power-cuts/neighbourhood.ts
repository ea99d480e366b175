/** The lab around a box: a client that sends, two lines, and neighbours that expect an answer. */
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
  readonly #stream: EchoStream

  private constructor(lab: Lab, stream: EchoStream, slowness: number) {
    this.lab = lab
    this.#stream = stream
    this.#slowness = slowness
  }

  /** Its box takes `slowness` times as long for everything as a usual one. */
  static async open({ slowness }: { readonly slowness: number }): Promise<Neighbourhood> {
    const lab = await Lab.create({ topology: 'one-subnet' })
    const client = lab.client(1)
    // Before the daemon is there again the kernel sends redirects, which a client heeds for minutes.
    await client.script('echo 0 >/proc/sys/net/ipv4/conf/all/accept_redirects')
    await client.script('echo 0 >/proc/sys/net/ipv4/conf/eth0/accept_redirects')
    return new Neighbourhood(lab, await client.startStream({ newFlows: true }), slowness)
  }

  /** The line passes nothing on any more, and says nothing. */
  async silence(wan: WanNumber): Promise<void> {
    await this.lab.fault({ wan, kind: 'upstream-silent' })
  }

  async mendLines(): Promise<void> {
    for (const wan of [1, 2] as const) await this.lab.repair(wan)
  }

  /** Whether a client's packets go by this line. */
  async carriesBy(wan: WanNumber): Promise<boolean> {
    const wait = { afterMs: monotonicMs(), deadlineMs: carriedMs * this.#slowness }
    return await this.#stream.waitForWan(wan, wait).then(
      () => true,
      () => false,
    )
  }

  /** Which neighbours get no answer from the box. */
  async whoMisses(): Promise<readonly string[]> {
    const { lab } = this
    const nodes = [lab.client(1), lab.client(2), lab.gateway(1), lab.gateway(2)]
    const missing = await Promise.all(nodes.map((node) => this.#misses(node)))
    return missing.flat()
  }

  async close(): Promise<void> {
    await this.#stream.stop()
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
