import { Random } from '../../random.ts'
import { prove } from '../prove.ts'

interface TroubleTrial<Trouble> {
  /** null, or what went wrong. */
  try(trouble: Trouble): Promise<string | null>
  /** How long it took until all was well again, each time. */
  readonly tookMs: readonly number[]
  close(): Promise<void>
}

/** One house for all troubles, each by its own random numbers. */
export async function proveTroubles<Trouble>(
  open: () => Promise<TroubleTrial<Trouble>>,
  randomTrouble: (random: Random) => Trouble,
): Promise<void> {
  await prove(async ({ count, seed, wrong }) => {
    const trial = await open()
    for (let i = 0; i < count; i += 1) {
      const problem = await trial.try(randomTrouble(new Random(seed + i)))
      if (problem !== null) wrong(`trouble ${i}: ${problem}`)
    }
    await trial.close()
    const most = Math.max(...trial.tookMs) / 1_000
    return `${count} troubles; whole again after ${most.toFixed(1)} s at most`
  })
}
