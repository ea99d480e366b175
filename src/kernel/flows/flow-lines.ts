/** Flows as text: what `conntrack -L` and `nft list set` print of them. */
import { isIP } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TcpFlow } from '../../model/flow.ts'

/** The first of a line's two directions is the one that began. */
export const trackedFlow = /\bsrc=(\S+) dst=(\S+) sport=(\d+) dport=(\d+).*/g
/** nft(8), concatenations: `192.168.0.50 . 40000 . 203.0.113.1 . 443 timeout 2h10m expires 2h9m`. */
export const setElement = /([\da-f.:]+) \. (\d+) \. ([\da-f.:]+) \. (\d+)/g

/** Both give source, destination and their ports, in an order of their own. */
export async function flowsIn(text: string, pattern: RegExp): Promise<TcpFlow[]> {
  const portsLast = pattern === trackedFlow
  const flows: TcpFlow[] = []
  let seen = 0
  for (const [, from = '', second = '', third = '', last] of text.matchAll(pattern)) {
    const to = portsLast ? second : third
    const fromPort = Number(portsLast ? third : second)
    const version = isIP(from)
    seen += 1
    // In pieces: between ten thousand connections, probes and answers must have their turn.
    if (seen % atOnce === 0) await nextTurn()
    if (version === 0 || isIP(to) !== version) continue
    const family = version === 4 ? 'ipv4' : 'ipv6'
    flows.push({ family, from, fromPort, to, toPort: Number(last) })
    if (flows.length >= mostFlows) break
  }
  return flows
}

/** A busy house has a few thousand. */
export const mostFlows = 20_000
/** A millisecond or two. */
const atOnce = 500
