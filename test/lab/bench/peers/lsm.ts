/** lsm, the link status monitor that Debian packages, with the limits that it comes with. */
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Peer } from './peer.ts'

/** Its pings can't be marked: the host's rule for this target leads them to the first line. */
export const lsmTarget = '9.9.9.9'

export const lsm: Peer = {
  id: 'lsm',
  name: 'lsm, its defaults',
  periodMs: 1_000,
  slow: true,
  firstTable: '100',
  needs: { command: 'lsm', debianPackage: 'lsm' },
  command: ({ plan }, folder) => {
    const [script, config] = [join(folder, 'lsm-event'), join(folder, 'lsm.conf')]
    writeFileSync(script, eventScript)
    chmodSync(script, 0o755)
    writeFileSync(config, configOf(script, plan.lan.interface))
    return ['lsm', '--no-fork', '--config', config, '--pidfile', join(folder, 'lsm.pid')]
  },
}

const eventScript = `#!/bin/sh
case $1 in
  up) to=100 from=101 ;;
  down) to=101 from=100 ;;
  *) exit ;;
esac
ip rule add priority 10900 lookup $to
ip rule delete priority 10900 lookup $from
`

/** The default of `notifyscript` sends mail; without a device lsm finds no way and asks nothing. */
function configOf(script: string, link: string): string {
  return `debug=8
connection {
  name=primary
  checkip=${lsmTarget}
  device=${link}
  eventscript=${script}
  notifyscript=
  status=1
}
`
}
