/** What each proof's program has in common: it is told how much and which seed, and says what came of it. */
import { parseArgs } from 'node:util'

export interface Task {
  readonly count: number
  readonly seed: number
  /** One more thing that was not as promised. */
  readonly wrong: (what: string) => void
}

export interface Proof {
  /** What was tried, in words. */
  readonly tried: string
  readonly wrong: readonly string[]
  readonly seed: number
}

/**
 * Runs the work, and prints the proof as the last line: JSON. What is wrong stands on stderr at
 * once, for the work may take hours.
 */
export async function prove(work: (task: Task) => Promise<string>): Promise<void> {
  const { values } = parseArgs({
    options: { count: { type: 'string' }, seed: { type: 'string' } },
  })
  const seed = Number(values.seed)
  const wrong: string[] = []
  const tell = (what: string): void => {
    wrong.push(what)
    process.stderr.write(`${what}\n`)
  }
  const tried = await work({ count: Number(values.count), seed, wrong: tell })
  process.stdout.write(`${JSON.stringify({ tried, wrong, seed } satisfies Proof)}\n`)
}
