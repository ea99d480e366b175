/**
 * The TCP connections that the kernel remembers to go by a WAN: from connection tracking by their
 * mark, and from the nft sets of those that the kernel sees half of. It only reads.
 */
import { isIP } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Family } from '../../model/address.ts'
import type { TcpFlow } from '../../model/flow.ts'
import type { HostState } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import { markMask, nftTable } from '../../model/marks.ts'
import { type FlowFilter, isMeant } from '../../network/policies/flow-filter.ts'
import type { FlowQuestion, ForgetQuestion } from '../port.ts'
import { runTool, type Tools } from '../tools/run-tool.ts'
import { deleteTracked } from './delete-tracked.ts'

export interface FlowTools {
  readonly tools: Tools
  readonly log: Log
}

export async function listTcpFlows(
  { mark, families, sets }: FlowQuestion,
  { tools, log, host }: FlowTools & { readonly host: Pick<HostState, 'addresses'> },
): Promise<readonly TcpFlow[]> {
  const own = new Set(host.addresses.map(({ address }) => address))
  const tracked = families.map(async (family) => {
    const filter = ['--mark', `${mark}/${markMask}`, '--state', 'ESTABLISHED']
    const args = ['-L', '-f', family, '-p', 'tcp', ...filter]
    const answer = await runTool(tools.conntrack, args, { timeoutMs: listTimeoutMs })
    if (answer.kind === 'done') return await flowsIn(answer.output, trackedFlow)
    log.debug(`Listing tracked connections: ${answer.error}`)
    return []
  })
  const halves = sets.map(async (set) => {
    const args = ['-n', 'list', 'set', 'inet', nftTable, set]
    const answer = await runTool(tools.nft, args, { timeoutMs: listTimeoutMs })
    // The set isn't there where the kernel sees every flow whole.
    return answer.kind === 'done' ? await flowsIn(answer.output, setElement) : []
  })
  const flows = (await Promise.all([...tracked, ...halves])).flat().slice(0, mostFlows)
  return flows.map((flow) => (own.has(flow.to) ? turned(flow) : flow))
}

/** What came in from outside, or was running before it was tracked and met an answer first. */
function turned({ family, from, fromPort, to, toPort }: TcpFlow): TcpFlow {
  return { family, from: to, fromPort: toPort, to: from, toPort: fromPort }
}

/** The first of a line's two directions is the one that began. */
const trackedFlow = /\bsrc=(\S+) dst=(\S+) sport=(\d+) dport=(\d+).*/g
/** nft(8), concatenations: `192.168.0.50 . 40000 . 203.0.113.1 . 443 timeout 2h10m expires 2h9m`. */
const setElement = /([\da-f.:]+) \. (\d+) \. ([\da-f.:]+) \. (\d+)/g

/** Both give source, destination and their ports, in an order of their own. */
async function flowsIn(text: string, pattern: RegExp): Promise<TcpFlow[]> {
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

/** A running TCP connection stays: the answer to the client's next packet ends it. */
export async function forgetFlows(
  question: ForgetQuestion,
  { tools, log }: FlowTools,
): Promise<void> {
  const { mark, only } = question
  if (only !== undefined) {
    await forgetSome(question, only, { tools, log })
    return
  }
  const kinds = question.families.flatMap((family) => kindsOf(family, question))
  const filters = kinds.map((kind) => [...kind, '--mark', `${mark}/${markMask}`])
  await deleteTracked(filters, { tools, log, what: 'Forgetting flows' })
}

/** One after the other: they are few, phones and tunnels. */
async function forgetSome(
  { mark, families, sources }: ForgetQuestion,
  only: FlowFilter,
  { tools, log }: FlowTools,
): Promise<void> {
  for (const family of families) {
    const args = ['-L', '-f', family, '-p', 'udp', '--mark', `${mark}/${markMask}`]
    const answer = await runTool(tools.conntrack, args, { timeoutMs: listTimeoutMs })
    const flows = answer.kind === 'done' ? await flowsIn(answer.output, trackedFlow) : []
    if (answer.kind === 'failed') log.debug(`Listing tracked connections: ${answer.error}`)
    const meant = flows.filter(
      (flow) => sources?.includes(flow.from) !== false && isMeant(only, flow, 'udp'),
    )
    for (const { from, fromPort, to, toPort } of meant.slice(0, mostForgotten)) {
      const ends = ['-s', from, '-d', to, '--sport', `${fromPort}`, '--dport', `${toPort}`]
      const words = ['-D', '-f', family, '-p', 'udp', ...ends]
      await runTool(tools.conntrack, words, { timeoutMs: listTimeoutMs })
    }
  }
}

/** Each as words for conntrack. */
function kindsOf(family: Family, { asked, sources }: ForgetQuestion): string[][] {
  if (sources !== undefined) {
    const own = sources.filter((source) => isIP(source) === (family === 'ipv4' ? 4 : 6))
    return own.map((source) => ['-f', family, '-p', 'udp', '-s', source])
  }
  return [
    ['-f', family, '-p', 'udp'],
    ['-f', family, '-p', family === 'ipv4' ? 'icmp' : 'icmpv6'],
    ...(asked ? [['-f', family, '-p', 'tcp', '--state', 'SYN_SENT']] : []),
  ]
}

/** A few milliseconds each. */
const mostForgotten = 500
const listTimeoutMs = 5_000
/** A busy house has a few thousand. */
const mostFlows = 20_000
/** A millisecond or two. */
const atOnce = 500
