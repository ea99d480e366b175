/**
 * Makes this machine's own UDP flows begin anew after a WAN was left, with a packet of ours: what
 * their other ends still send by the old WAN is kept from beginning them, see `own-udp.ts`.
 */
import type { Family } from '../../model/address.ts'
import type { TcpFlow } from '../../model/flow.ts'
import { nftTable } from '../../model/marks.ts'
import { dhcpPorts, freedFlows } from '../../network/nft/chains/own-udp.ts'
import { isMeant } from '../../network/policies/flow-filter.ts'
import type { ForgetOwnQuestion } from '../port.ts'
import { runTool } from '../tools/run-tool.ts'
import { type FlowTools, forgetEach, listUdpFlows } from './tcp-flows.ts'

export async function forgetOwnFlows(
  { mark, families, sources, only }: ForgetOwnQuestion,
  known: FlowTools,
): Promise<void> {
  for (const family of families) {
    const flows = (await listUdpFlows(family, mark, known)).filter(
      (flow) =>
        sources.includes(flow.from) &&
        !dhcpPorts.includes(flow.fromPort) &&
        (only === undefined || isMeant(only, flow, 'udp')),
    )
    if (flows.length === 0) continue
    await note(family, flows, known)
    await forgetEach(flows, known)
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
