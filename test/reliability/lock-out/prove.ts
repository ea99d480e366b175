import '../../lab/enter-namespace.ts'
import { messageOf } from '../../../src/model/caught-error.ts'
import { prove } from '../prove.ts'
import { LockOut } from './lock-out.ts'

await prove(async ({ count, seed, wrong }) => {
  const lockOut = await LockOut.open()
  // Which host a file meets follows from its number.
  const first = seed % 100_000
  let through = 0
  for (let file = first; file < first + count; file += 1) {
    try {
      through += await lockOut.try(file)
    } catch (error) {
      wrong(messageOf(error))
    }
  }
  await lockOut.close()
  return `${count} option files, ${through} packets of neighbours`
})
