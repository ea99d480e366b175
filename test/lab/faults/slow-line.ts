import type { ChildProcess } from 'node:child_process'
import type { LabNode } from '../network/node.ts'
import { upstreamOf, type WanNumber } from '../network/plan.ts'
import type { SlowHopOptions } from './slow-hop.ts'

export interface SlowLineOptions {
  readonly wan: WanNumber
  readonly delayMs: number
  readonly jitterMs: number
  readonly ipv6: boolean
}

/**
 * Makes the Internet's own answers to one WAN go through the slow hop before they leave: a rule
 * for what the machine itself sends takes them there, and what comes back from the hop isn't the
 * machine's own any more.
 */
export class SlowLine {
  readonly #internet: LabNode
  readonly #hop: ChildProcess
  readonly #options: SlowLineOptions

  private constructor(internet: LabNode, hop: ChildProcess, options: SlowLineOptions) {
    this.#internet = internet
    this.#hop = hop
    this.#options = options
  }

  static async start(internet: LabNode, options: SlowLineOptions): Promise<SlowLine> {
    const { wan, delayMs, jitterMs, ipv6 } = options
    const device = `slow${wan}`
    const argument: SlowHopOptions = { device, delayMs, jitterMs }
    const hop = await internet.startProgram(new URL('./slow-hop.ts', import.meta.url), argument)
    await internet.ip([
      `link set ${device} up`,
      `route add 0.0.0.0/0 dev ${device} table ${tableOf(wan)}`,
      ...(ipv6 ? [`route add ::/0 dev ${device} table ${tableOf(wan)}`] : []),
    ])
    await changeRules(internet, options, 'add')
    return new SlowLine(internet, hop, options)
  }

  async stop(): Promise<void> {
    await changeRules(this.#internet, this.#options, 'delete')
    // What is in the line still arrives; the device goes with its process.
    const { delayMs, jitterMs } = this.#options
    await new Promise((resolve) => setTimeout(resolve, delayMs + jitterMs))
    const ended = new Promise((resolve) => this.#hop.once('exit', resolve))
    this.#hop.ref()
    this.#hop.kill('SIGKILL')
    await ended
  }
}

async function changeRules(
  internet: LabNode,
  { wan, ipv6 }: SlowLineOptions,
  change: 'add' | 'delete',
): Promise<void> {
  const line = (to: string) =>
    `rule ${change} iif lo to ${to} lookup ${tableOf(wan)} priority ${tableOf(wan)}`
  const upstream = upstreamOf(wan)
  await internet.ip([line(upstream.internet.replace(/\d+$/, '0/29'))])
  const behind6 = [`2001:db8:${wan}::/64`, `${upstream.own6}/128`]
  if (ipv6) await internet.ip(behind6.map(line), 'inet6')
}

function tableOf(wan: WanNumber): number {
  return 100 + wan
}
