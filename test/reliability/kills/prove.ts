import '../../lab/enter-namespace.ts'
import { Random } from '../../random.ts'
import { prove } from '../prove.ts'
import { KillTrial, moments } from './kill-trial.ts'

await prove(async ({ count, seed, wrong }) => {
  const trial = await KillTrial.open()
  for (let i = 0; i < count; i += 1) {
    const moment = moments[i % moments.length] ?? 'start'
    const problem = await trial.kill(moment, new Random(seed + i))
    if (problem !== null) wrong(`kill ${i}, in a ${moment}: ${problem}`)
  }
  const left = await trial.end()
  if (left !== null) wrong(left)
  return `${count} kills`
})
