/** As root, with the Debian that `script/test-systemd` has made. */
import '../../lab/enter-namespace.ts'
import { existsSync } from 'node:fs'
import { messageOf } from '../../../src/model/caught-error.ts'
import { Random } from '../../random.ts'
import { debianTree } from '../../systemd/debian.ts'
import { prove } from '../prove.ts'
import { DebianBox } from './debian-box.ts'
import { moments, PowerCutTrial } from './power-cut-trial.ts'

await prove(async ({ count, seed, wrong }) => {
  if (!existsSync(debianTree)) {
    wrong('there is no Debian to boot yet: sudo script/test-systemd makes it')
    return 'nothing'
  }
  const box = await DebianBox.open()
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
})
