/**
 * Whether this machine runs the programs of the other architecture, by an interpreter that the kernel
 * knows (Documentation/admin-guide/binfmt-misc.rst): Debian's qemu-user-static brings one. It must be
 * loaded already when it was made known (flag F), for a container has no such file.
 */
import { spawnSync } from 'node:child_process'
import { architecture } from './workshop.ts'

export const whereElse =
  'not emulated here (qemu-user-static would do); the CI and release workflows build and start it on a machine of its kind'

export function isEmulated(): boolean {
  // Where it is mounted for all to see, it lies below a /proc that isn't this process's.
  const look = 'mount -t binfmt_misc none /mnt && for each in /mnt/*; do cat "$each"; echo; done'
  const words = ['--mount', '--propagation', 'private', 'sh', '-c', look]
  const { stdout } = spawnSync('unshare', words, { encoding: 'utf8', timeout: 10_000 })
  return stdout.split('\n\n').some((entry) => {
    return /^enabled$/m.test(entry) && /^flags: \w*F/m.test(entry) && magic.test(entry)
  })
}

/** Of an ELF header's beginning: which machine it is for (e_machine). */
const machine = architecture === 'amd64' ? 'b700' : '3e00'
const magic = new RegExp(`^magic 7f454c460201010\\w*0200${machine}$`, 'm')
