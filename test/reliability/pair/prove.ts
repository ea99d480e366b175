import '../../lab/enter-namespace.ts'
import { Random } from '../../random.ts'
import { prove } from '../prove.ts'
import { PairTrial, troubles } from './pair-trial.ts'

await prove(async ({ count, seed, wrong }) => {
  const trial = await PairTrial.open()
  for (let i = 0; i < count; i += 1) {
    const random = new Random(seed + i)
    const trouble = random.pick(troubles)
    const name = random.pick(['first', 'second'] as const)
    for (const what of await trial.suffer(trouble, name, random)) {
      wrong(`step ${i}, the ${name} box is ${trouble}: ${what}`)
    }
  }
  await trial.end()
  return `${count} faults, one every 20 s`
})
