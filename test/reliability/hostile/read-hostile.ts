import { Random } from '../../random.ts'
import type { Reader } from './hostile-inputs.ts'

/** What went wrong, with the input that did it; at most a few. */
export function readHostile(reader: Reader, random: Random, count: number): string[] {
  const wrong: string[] = []
  for (let i = 0; i < count && wrong.length < maxTold; i += 1) {
    const seed = random.below(2 ** 31)
    const problem = problemOf(reader, seed)
    if (problem !== null) wrong.push(`${reader.what}, seed ${seed}: ${problem}`)
  }
  return wrong
}

function problemOf(reader: Reader, seed: number): string | null {
  try {
    const { input, output } = reader.read(new Random(seed))
    const most = atLeast + timesLarger * input.length
    return output.length <= most ? null : `${input.length} characters became ${output.length}`
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
}

const maxTold = 5
/** Options have defaults, and each problem with them a sentence. */
const atLeast = 20_000
const timesLarger = 40
