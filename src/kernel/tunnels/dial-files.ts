/**
 * What `xl2tpd` and `pppd` are told, as the texts of their files. The password stands in one of them
 * and nowhere else: arguments and environments can be read by others.
 */
import { familyOf } from '../../model/address.ts'
import type { L2tpWish } from '../../model/tunnel/dial.ts'
import { endpointText } from '../../model/tunnel/endpoint.ts'

export interface DialFiles {
  readonly config: string
  readonly options: string
  readonly log: string
  readonly pid: string
  readonly control: string
}

/** All of one tunnel's begin alike: by that its processes are known. */
export function dialFiles(folder: string, tunnel: string): DialFiles {
  const base = `${folder}/${tunnel}`
  return {
    ...{ config: `${base}.xl2tpd`, options: `${base}.pppd`, log: `${base}.log` },
    ...{ pid: `${base}.pid`, control: `${base}.control` },
  }
}

/** xl2tpd.conf(5). */
export function dialConfig({ name, port, endpoint }: L2tpWish, { options }: DialFiles): string {
  return [
    '[global]',
    `port = ${port}`,
    `[lac ${name}]`,
    `lns = ${endpointText(endpoint)}`,
    'autodial = yes',
    // Once: when to dial again, the daemon says.
    'require authentication = no',
    `pppoptfile = ${options}`,
    '',
  ].join('\n')
}

/** pppd(8). Of `main` and the resolvers it changes nothing, but for the route to the other end. */
export function pppOptions(wish: L2tpWish, { log }: DialFiles, mtu: number): string {
  const { link, username, password, address, keepaliveSeconds } = wish
  const wanted = address.find((one) => familyOf(one) === 'ipv4')?.split('/')[0]
  const wants6 = address.some((one) => familyOf(one) === 'ipv6')
  return [
    `ifname ${link}`,
    `user ${quoted(username)}`,
    `password ${quoted(password)}`,
    'noauth',
    'nodefaultroute',
    // Debian's own options ask for it.
    'noproxyarp',
    wanted === undefined ? 'noipdefault' : `${wanted}:`,
    // What else the server gives is told to the user, rather than no connection.
    'ipcp-accept-local',
    'ipcp-accept-remote',
    wants6 ? '+ipv6' : 'noipv6',
    // Compression of what is compressed already, and of headers that kernels have grown tired of.
    'noccp',
    'novj',
    `mtu ${mtu}`,
    `mru ${mtu}`,
    `lcp-echo-interval ${keepaliveSeconds}`,
    'lcp-echo-failure 3',
    `logfile ${log}`,
    '',
  ].join('\n')
}

function quoted(word: string): string {
  return `"${word.replaceAll(/["\\]/g, '\\$&')}"`
}

/** What pppd and xl2tpd wrote of a dialling that came to nothing; null: nothing that says why. */
export function refusalIn(log: string, said: string): string | null {
  const lines = `${said}\n${log}`.split('\n').toReversed()
  for (const line of lines) {
    const found = reasons.find(({ words }) => words.test(line))
    if (found !== undefined) return found.reason
  }
  return null
}

/** Their words, which have stayed the same for decades, and what they mean to the user. */
const reasons: readonly { readonly words: RegExp; readonly reason: string }[] = [
  {
    words: /(CHAP|PAP) authentication failed/,
    reason: 'it refuses the username or the password',
  },
  {
    words: /lacks (PPP )?kernel support|Couldn't (open|set) (the )?(PPP|tty)|PX_PROTO_OL2TP/,
    reason: "this machine's kernel lacks PPP",
  },
  {
    words: /Could not determine (local|remote) IP address|IPCP: timeout/i,
    reason: 'it gives no IPv4 address',
  },
  { words: /Maximum retries exceeded/i, reason: 'it answers nothing: is the server running?' },
  { words: /No response to \d+ echo-requests/, reason: 'it has fallen silent' },
  { words: /LCP: timeout/i, reason: 'it speaks L2TP but no PPP' },
  {
    words: /refused to authenticate|peer refused/i,
    reason: 'it wants no password, or another way',
  },
]
