/**
 * keepalived with a track script: while the script succeeds its instance is master, and a rule of
 * its own leads to the first line; without it, the standing one leads to the second.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Peer, primaryMark } from './peer.ts'

export function keepalived(fall: number): Peer {
  return {
    id: `keepalived-${fall}`,
    name: `keepalived, script each 1 s, fall ${fall}`,
    periodMs: 1_000,
    slow: false,
    firstTable: '101',
    needs: { command: 'keepalived', debianPackage: 'keepalived' },
    command: ({ plan }, folder) => {
      const config = join(folder, 'keepalived.conf')
      writeFileSync(config, configOf(fall, plan.lan.interface, plan.targets[0] ?? ''))
      return [
        ...['keepalived', '--dont-fork', '--log-console', '--vrrp', `--use-file=${config}`],
        `--pid=${join(folder, 'keepalived.pid')}`,
        `--vrrp_pid=${join(folder, 'vrrp.pid')}`,
      ]
    },
  }
}

function configOf(fall: number, link: string, target: string): string {
  return `global_defs {
  script_user root
}
vrrp_script line {
  script "ping -n -q -c 1 -W 1 -m ${primaryMark} ${target}"
  interval 1
  timeout 1
  fall ${fall}
  rise 1
}
vrrp_instance primary {
  state MASTER
  interface ${link}
  virtual_router_id 51
  priority 100
  advert_int 1
  track_script {
    line
  }
  virtual_rules {
    from 0.0.0.0/0 lookup 100 priority 10899
  }
}
`
}
