/** As root, with the guest's disk that `script/test-guest` has made. */
import '../../lab/enter-namespace.ts'
import { existsSync } from 'node:fs'
import { disk } from '../../guest/image.ts'
import { proveBox } from '../power-cuts/prove-box.ts'
import { prove } from '../prove.ts'
import { GuestBox } from './guest-box.ts'

await prove(async (task) => {
  if (existsSync(disk)) return proveBox(await GuestBox.open(), task)
  task.wrong('there is no guest to boot yet: sudo script/test-guest makes it')
  return 'nothing'
})
