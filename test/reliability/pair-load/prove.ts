/** Every processor has more to do than it can, on both boxes, and no box takes over from the other. */
import '../../lab/enter-namespace.ts'
import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { PairHouse } from '../../lab/house/pair-house.ts'
import { prove } from '../prove.ts'

await prove(async ({ count, wrong }) => {
  await using house = await PairHouse.open()
  const boxes = [house.first, house.second]
  for (const { daemon } of boxes) daemon.lines.length = 0
  const busy: readonly ChildProcess[] = Array.from({ length: 2 * availableParallelism() }, () =>
    spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
  )
  try {
    await pause(count * 60_000)
  } finally {
    for (const child of busy) child.kill('SIGKILL')
  }
  for (const { name, daemon } of boxes) {
    for (const line of daemon.lines.filter((one) => /took over|gave way/.test(one))) {
      wrong(`the ${name} box: ${line}`)
    }
  }
  return `${count} minutes`
})
