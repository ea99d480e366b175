/** As root, with the Debian that `script/test-systemd` has made. */
import '../../lab/enter-namespace.ts'
import { existsSync } from 'node:fs'
import { debianTree } from '../../systemd/debian.ts'
import { prove } from '../prove.ts'
import { DebianBox } from './debian-box.ts'
import { proveBox } from './prove-box.ts'

await prove(async (task) => {
  if (existsSync(debianTree)) return proveBox(await DebianBox.open(), task)
  task.wrong('there is no Debian to boot yet: sudo script/test-systemd makes it')
  return 'nothing'
})
