/** The proof that both kinds of box have. */
import { messageOf } from '../../../src/model/caught-error.ts'
import { Random } from '../../random.ts'
import type { Task } from '../prove.ts'
import type { Box } from './box.ts'
import { moments, PowerCutTrial } from './power-cut-trial.ts'

/** The box is closed at the end, whatever came of it. */
export async function proveBox(box: Box, { count, seed, wrong }: Task): Promise<string> {
  try {
    const trial = await PowerCutTrial.open(box)
    for (let i = 0; i < count; i += 1) {
      const moment = moments[i % moments.length] ?? 'start'
      const problems = await trial
        .cut(moment, new Random(seed + i))
        .catch((error: unknown) => [`it does not come back: ${messageOf(error)}`])
      for (const problem of problems) wrong(`cut ${i}, in a ${moment}: ${problem}`)
    }
  } finally {
    await box.close()
  }
  return `${count} power cuts`
}
