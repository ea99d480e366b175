import '../../lab/enter-namespace.ts'
import { Random } from '../../random.ts'
import { prove } from '../prove.ts'
import { randomTrouble, ToolTrial } from './tool-trial.ts'

await prove(async ({ count, seed, wrong }) => {
  const trial = await ToolTrial.open()
  for (let i = 0; i < count; i += 1) {
    const problem = await trial.try(randomTrouble(new Random(seed + i)))
    if (problem !== null) wrong(`trouble ${i}: ${problem}`)
  }
  await trial.close()
  const most = Math.max(...trial.tookMs) / 1_000
  return `${count} troubles; whole again after ${most.toFixed(1)} s at most`
})
