/**
 * The nft table by which a tunnel's packets leave by two lines: for `ip`, for in `inet` nothing can
 * copy. A copy passes the same hooks again; a mark tells it, and there it gets its own source. The
 * hello has to be one flow with WireGuard's packets, or a NAT that rewrites ports gives it another
 * mapping: its ports are rewritten, both ways. All this is untracked: connection tracking would
 * remember one line's answer for the other.
 */
import { hex } from '../../model/hex.ts'
import { copyMark, helloPort, markMask, probeMark } from '../../model/marks.ts'
import { helloByte } from '../../model/tunnel/hello.ts'
import type { BothLines, CopyLine, TunnelWish } from '../../model/tunnel/tunnel-device.ts'

export const copiesTable = 'wan_failover_tunnels'

/** One transaction, whatever stood before; without tunnels on two lines nothing is left. */
export function copiesScript(wishes: readonly TunnelWish[]): string {
  const parts = wishes.flatMap((wish) => {
    const { both, endpoint } = wish
    return both === null || endpoint === null ? [] : [partsOf(wish, both, endpoint)]
  })
  const forget = `table ip ${copiesTable} { }\ndelete table ip ${copiesTable}\n`
  if (parts.length === 0) return forget
  const chain = (name: string, hook: string, rules: readonly string[]) =>
    `  chain ${name} {\n    type filter hook ${hook}\n${rules.map((one) => `    ${one}\n`).join('')}  }\n`
  const all = (key: 'out' | 'in' | 'copied' | 'copy') => parts.flatMap((part) => part[key])
  return [
    `${forget}table ip ${copiesTable} {\n`,
    chain('leaving', 'output priority -310', all('out')),
    chain('coming', 'prerouting priority -310', all('in')),
    chain('copies', 'output priority -151', [...new Set(all('copied')), ...all('copy')]),
    '}\n',
  ].join('')
}

interface Server {
  readonly host: string
  readonly port: number
}

function partsOf({ mark, port }: TunnelWish, { lines, wan }: BothLines, server: Server) {
  const [first, second] = lines
  const there = `ip daddr ${server.host} udp dport ${server.port}`
  const back = `ip saddr ${server.host} udp sport ${server.port} udp dport ${port}`
  const isHello = `@th,64,8 ${hex(helloByte)}`
  const isOurs = `meta mark & ${hex(markMask)} == ${hex(mark)}`
  const fromPort = `${there} udp sport ${port}`
  const sharesLink = first.link === second.link
  // On one link the packets don't show by which line they go: it is the first one.
  const ways = sharesLink
    ? [[first, second] as const]
    : [[first, second] as const, [second, first] as const]
  return {
    out: [
      `${isOurs} ${fromPort} notrack accept`,
      ...lines.map(
        (line) =>
          `${there} udp sport ${helloPort(line.wan, wan)} notrack udp sport set ${port} ` +
          `${setMark(probeMark(line.wan))}`,
      ),
    ],
    in: [
      `${back} @th,64,8 != ${hex(helloByte)} notrack accept`,
      `${back} notrack`,
      ...(sharesLink ? [first] : lines).map(
        ({ link, wan: line }) =>
          `iifname "${link}" ${back} ${isHello} udp dport set ${helloPort(line, wan)}`,
      ),
    ],
    copied: lines.map(
      ({ link, address }) =>
        `meta mark & ${hex(markMask)} == ${hex(copyMark)} oifname "${link}" ` +
        // A copy is made with "don't fragment", which the first one has not.
        `ip saddr set ${address} ip frag-off set 0 accept`,
    ),
    copy: ways.map(
      ([from, to]: readonly [CopyLine, CopyLine]) =>
        `${isOurs} oifname "${from.link}" ${fromPort} @th,64,8 != ${hex(helloByte)} ` +
        `${setMark(copyMark)} dup to ${to.gateway} device "${to.link}" ${setMark(mark)} accept`,
    ),
  }
}

function setMark(value: number): string {
  return `meta mark set meta mark & 0x00ffffff | ${hex(value)}`
}
