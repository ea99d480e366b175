/**
 * Makes this machine's own UDP flows begin anew after a WAN was left, with a packet of ours: what
 * their other ends still send by the old WAN is kept from beginning them, see `own-udp.ts`.
 */
import type { Family } from '../../model/address.ts'
import type { TcpFlow } from '../../model/flow.ts'
import { markMask, nftTable } from '../../model/marks.ts'
import { dhcpPorts, freedFlows } from '../../network/nft/chains/own-udp.ts'
import { isMeant } from '../../network/policies/flow-filter.ts'
import type { ForgetOwnQuestion } from '../port.ts'
import { runTool } from '../tools/run-tool.ts'
import { deleteTracked } from './delete-tracked.ts'
import { type FlowTools, forgetEach, listUdpFlows } from './tcp-flows.ts'

export async function forgetOwnFlows(
  { mark, families, sources, only }: ForgetOwnQuestion,
  known: FlowTools,
): Promise<void> {
  for (const family of families) {
    const own = (await listUdpFlows(family, mark, known)).filter(({ from }) =>
      sources.includes(from),
    )
    const isFreed = (flow: TcpFlow) =>
      !dhcpPorts.includes(flow.fromPort) && (only === undefined || isMeant(only, flow, 'udp'))
    const freed = own.filter(isFreed)
    if (freed.length === 0) continue
    await note(family, freed, known)
    // An address goes whole where it can, with what has begun meanwhile.
    const divided = new Set(own.filter((flow) => !isFreed(flow)).map(({ from }) => from))
    const whole = new Set(freed.map(({ from }) => from)).difference(divided)
    const marked = ['-f', family, '-p', 'udp', '--mark', `${mark}/${markMask}`]
    const filters = [...whole].map((from) => [...marked, '-s', from])
    await deleteTracked(filters, { ...known, what: 'Forgetting own flows' })
    const others = freed.filter(({ from }) => divided.has(from))
    forgetEach(others, known)
  }
}

async function note(
  family: Family,
  flows: readonly TcpFlow[],
  { tools, log }: FlowTools,
): Promise<void> {
  const elements = flows.map(({ fromPort, to, toPort }) => `${to} . ${toPort} . ${fromPort}`)
  const set = `inet ${nftTable} ${freedFlows(family)}`
  const input = `add element ${set} { ${elements.join(', ')} }\n`
  const answer = await runTool(tools.nft, ['-f', '-'], { input })
  if (answer.kind !== 'done') log.debug(`Noting the flows that were let go of: ${answer.error}`)
}
