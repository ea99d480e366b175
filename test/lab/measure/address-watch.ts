/** Who says to have an address, all the time: for how long nobody did, and for how long two. */
import { waitFor } from '../../wait-for.ts'
import { Agent } from '../agents/agent.ts'
import type { WhoHasAgentOptions } from '../agents/who-has-agent.ts'
import type { LabNode } from '../network/node.ts'

export class AddressWatch {
  readonly #agent: Agent
  readonly #asked: number[] = []
  readonly #answers: { readonly atMs: number; readonly mac: string }[] = []

  private constructor(agent: Agent) {
    this.#agent = agent
    agent.onWords(([what, msText, mac = '']) => {
      if (what === 'asked') this.#asked.push(Number(msText))
      else this.#answers.push({ atMs: Number(msText), mac })
    })
  }

  /** Asks in `node`, by its link eth0; resolves after the first answer. */
  static async start(node: LabNode, address: string): Promise<AddressWatch> {
    const options: WhoHasAgentOptions = { link: 'eth0', address, everyMs }
    const program = new URL('../agents/who-has-agent.ts', import.meta.url)
    const watch = new AddressWatch(await Agent.start(node, program, options))
    await waitFor(() => watch.#answers.length > 0, { what: `somebody has ${address}` })
    return watch
  }

  /** The longest that a question of this time waited until that or a later one was answered. */
  longestSilenceMs(fromMs: number, toMs: number): number {
    return longestWaitMs(
      this.#asked.filter((atMs) => atMs >= fromMs && atMs < toMs),
      { answered: this.#answers.map(({ atMs }) => atMs).filter((atMs) => atMs < toMs), toMs },
    )
  }

  /** The longest time in which answers came from one and another in turn. */
  longestDisputeMs(fromMs: number, toMs: number): number {
    const answers = this.#answers.filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
    let [longest, beganMs, lastMs] = [0, Number.NaN, Number.NEGATIVE_INFINITY]
    for (const [index, { atMs, mac }] of answers.entries()) {
      if (mac === answers[index - 1]?.mac || index === 0) continue
      if (atMs - lastMs > togetherMs) beganMs = atMs
      lastMs = atMs
      longest = Math.max(longest, atMs - beganMs)
    }
    return longest
  }

  /** What was before is forgotten: a watch may last for hours. */
  forget(beforeMs: number): void {
    this.#asked.splice(0, countBefore(this.#asked, beforeMs))
    const times = this.#answers.map(({ atMs }) => atMs)
    this.#answers.splice(0, countBefore(times, beforeMs))
  }

  stop(): Promise<void> {
    return this.#agent.stop()
  }
}

/** The longest from a question to the first answer after it; one without any waits until `toMs`. */
export function longestWaitMs(
  asked: readonly number[],
  { answered, toMs }: { readonly answered: readonly number[]; readonly toMs: number },
): number {
  const sorted = answered.toSorted((a, b) => a - b)
  let [longest, next] = [0, 0]
  for (const atMs of asked) {
    while ((sorted[next] ?? toMs) < atMs) next += 1
    longest = Math.max(longest, (sorted[next] ?? toMs) - atMs)
  }
  return longest
}

function countBefore(times: readonly number[], beforeMs: number): number {
  const index = times.findIndex((atMs) => atMs >= beforeMs)
  return index === -1 ? times.length : index
}

const everyMs = 20
/** Answers of two within this time come from two who both have it. */
const togetherMs = 100
