/** A machine of the lab that forges answers to the host's probes, as fast as it can. */
import { probePorts } from '../../../src/model/marks.ts'
import { waitFor } from '../../wait-for.ts'
import { Agent } from '../agents/agent.ts'
import type { Forged, ForgerOptions } from '../agents/forger-agent.ts'
import type { Lab } from '../lab.ts'
import { monotonicMs } from './monotonic.ts'

export class ForgedFlood {
  readonly #agent: Agent
  readonly #beganMs = monotonicMs()
  #sent = 0
  #lastMs = 0

  private constructor(agent: Agent) {
    this.#agent = agent
    agent.onWords(([what, sent, ms]) => {
      if (what !== 'sent') return
      this.#sent = Number(sent)
      this.#lastMs = Number(ms)
    })
  }

  /** Client 2 forges what could be answers to the first WAN's probes. */
  static async begin(
    lab: Lab,
    { kinds, dnsCode = 0 }: { readonly kinds: readonly Forged[]; readonly dnsCode?: number },
  ): Promise<ForgedFlood> {
    const { wans, targets, lan } = lab.plan
    const options: ForgerOptions = {
      ...{ kinds, dnsCode, dnsName: 'dns.google', ports: probePorts(0) },
      ...{ victim: lan.hostAddress, router: wans[0].gateway, targets: targets.slice(0, 3) },
    }
    const program = new URL('../agents/forger-agent.ts', import.meta.url)
    return new ForgedFlood(await Agent.start(lab.client(2), program, options))
  }

  /** Packets, until now. */
  get sent(): number {
    return this.#sent
  }

  get perSecond(): number {
    return (1_000 * this.#sent) / Math.max(1, this.#lastMs - this.#beganMs)
  }

  /** Resolves when so many more packets have been sent; fewer than 10,000 a second are no flood. */
  async go(packets: number): Promise<void> {
    const atFirst = this.#sent
    await waitFor(() => this.#sent - atFirst >= packets, {
      deadlineMs: startMs + (1_000 * packets) / leastPerSecond,
      what: `${packets} more forged packets`,
    })
  }

  stop(): Promise<void> {
    return this.#agent.stop()
  }
}

/** Beside a dozen busy programs on two cores it was 14,000. */
const leastPerSecond = 10_000
const startMs = 5_000
