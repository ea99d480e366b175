/**
 * The TCP connections that the kernel remembers to go by a WAN: from connection tracking by their
 * mark, and from the nft sets of those that the kernel sees half of. It only reads.
 */
import type { Family } from '../../model/address.ts'
import type { TcpFlow } from '../../model/flow.ts'
import type { HostState } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import { markMask, nftTable } from '../../model/marks.ts'
import { type FlowFilter, isMeant } from '../../network/policies/flow-filter.ts'
import type { FlowQuestion, ForgetQuestion } from '../port.ts'
import { runTool, type Tools } from '../tools/run-tool.ts'
import { deleteByEnds } from './delete-by-ends.ts'
import { deleteTracked } from './delete-tracked.ts'
import { flowsIn, mostFlows, setElement, trackedFlow } from './flow-lines.ts'

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

async function forgetSome(
  { mark, families }: ForgetQuestion,
  only: FlowFilter,
  { tools, log }: FlowTools,
): Promise<void> {
  for (const family of families) {
    const flows = await listUdpFlows(family, mark, { tools, log })
    forgetEach(
      flows.filter((flow) => isMeant(only, flow, 'udp')),
      { log },
    )
  }
}

/** The tracked UDP flows of one family with this connection mark. */
export async function listUdpFlows(
  family: Family,
  mark: number,
  { tools, log }: FlowTools,
): Promise<readonly TcpFlow[]> {
  const args = ['-L', '-f', family, '-p', 'udp', '--mark', `${mark}/${markMask}`]
  const answer = await runTool(tools.conntrack, args, { timeoutMs: listTimeoutMs })
  if (answer.kind === 'done') return await flowsIn(answer.output, trackedFlow)
  log.debug(`Listing tracked connections: ${answer.error}`)
  return []
}

/** UDP flows, by their ends. */
export function forgetEach(flows: readonly TcpFlow[], { log }: Pick<FlowTools, 'log'>): void {
  const some = flows.slice(0, mostForgotten)
  const error = deleteByEnds(some.map((flow) => ({ ...flow, protocol: 'udp' })))
  if (error !== null) log.debug(`Forgetting flows: ${error}`)
}

/** Each as words for conntrack. */
function kindsOf(family: Family, { asked }: ForgetQuestion): string[][] {
  return [
    ['-f', family, '-p', 'udp'],
    ['-f', family, '-p', family === 'ipv4' ? 'icmp' : 'icmpv6'],
    ...(asked ? [['-f', family, '-p', 'tcp', '--state', 'SYN_SENT']] : []),
  ]
}

const mostForgotten = 2_000
const listTimeoutMs = 5_000
