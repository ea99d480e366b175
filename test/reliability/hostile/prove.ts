import { Random } from '../../random.ts'
import { prove } from '../prove.ts'
import { readers } from './hostile-inputs.ts'
import { readHostile } from './read-hostile.ts'

/** Options are hundreds of times as long as a packet, and take as much longer. */
const longShare = 0.02

await prove(async ({ count, seed, wrong }) => {
  const random = new Random(seed)
  const [long, ...short] = readers
  if (long === undefined) throw new Error('there are no readers')
  const longCount = Math.ceil(longShare * count)
  const shortCount = Math.ceil((count - longCount) / short.length)
  for (const problem of readHostile(long, random, longCount)) wrong(problem)
  for (const reader of short) {
    for (const problem of readHostile(reader, random, shortCount)) wrong(problem)
  }
  return `${longCount + short.length * shortCount} inputs, ${readers.length} readers`
})
