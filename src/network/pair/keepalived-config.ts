/**
 * What keepalived is told, as its own text (keepalived.conf(5)), and the files by which it is told
 * the rest: it follows a file's value at once, without a reload.
 */
import type { PairPlace } from '../../model/pair.ts'

/** In the folder that is ours alone. */
export function pairFiles(folder: string) {
  return {
    config: `${folder}/keepalived.conf`,
    /** What to add to the priority that stands in the configuration. */
    wish: `${folder}/wish`,
    /** 0 while the daemon's loop turns, else what its silence costs. */
    watch: `${folder}/watch`,
    /** When the daemon's loop turned last, in hundredths of a second since the machine's start. */
    beat: `${folder}/beat`,
    /** keepalived makes it, and says each change of its state there. */
    notify: `${folder}/notify`,
    pid: `${folder}/keepalived.pid`,
    childPid: `${folder}/vrrp.pid`,
    /** What has to be taken away if we die: a line with link and address each. */
    taken: `${folder}/taken`,
  } as const
}

/** In the middle, so that a wish can raise or lower it. */
const middle = 100

/** The value of the file `wish` for this priority. */
export function wishFor(priority: number): number {
  return priority === 0 ? givesUp : priority - middle
}

/** keepalived then says so to the other box, which takes over at once. */
const givesUp = -254

/** Below a box that has only begun, above one whose lines are all dead: this one's rules still stand. */
export const hungPenalty = -160

export function keepalivedConfig(place: PairPlace, folder: string): string {
  const { wish, watch, notify } = pairFiles(folder)
  const { link, own, peer, group, advertMs } = place
  const [first = '', ...others] = place.addresses
  // A unicast peer is also the only one who is believed: VRRPv3 has no password (RFC 5798, 9).
  const towards = peer === null ? [] : [`  unicast_peer { ${peer} }`, '  check_unicast_src']
  // One instance speaks one family; what is excluded from its messages moves along all the same.
  const excluded =
    others.length === 0 ? [] : ['  virtual_ipaddress_excluded {', ...others.map(given), '  }']
  return `${[
    'global_defs {',
    '  vrrp_version 3',
    // A switch or a client may miss the first.
    '  vrrp_garp_master_repeat 3',
    '  vrrp_garp_master_delay 1',
    // A client that has slept, or a bridge that has begun anew, may have missed them all.
    '  vrrp_garp_master_refresh 30',
    `  vrrp_notify_fifo ${notify}`,
    '}',
    ...follows('wish', wish),
    ...follows('watch', watch),
    'vrrp_instance house {',
    `  interface ${link}`,
    // Never serving from the start: whoever serves now goes on until we have the higher priority.
    '  state BACKUP',
    `  virtual_router_id ${group}`,
    `  priority ${middle}`,
    `  advert_int ${advertMs / 1000}`,
    peer === null ? `  mcast_src_ip ${own}` : `  unicast_src_ip ${own}`,
    ...towards,
    '  virtual_ipaddress {',
    given(first),
    '  }',
    ...excluded,
    '  track_file {',
    '    wish',
    '    watch',
    '  }',
    '}',
  ].join('\n')}\n`

  function given(address: string): string {
    return `    ${address} dev ${link}`
  }
}

function follows(name: string, file: string): readonly string[] {
  return [`track_file ${name} {`, `  file "${file}"`, '  weight 1', '}']
}
