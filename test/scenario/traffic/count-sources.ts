import type { LabNode } from '../../lab/network/node.ts'
import { target } from '../../lab/network/plan.ts'

/** Counts what reaches a gateway from the host's side, by source address. */
export async function countSources(
  gateway: LabNode,
  sources: string,
): Promise<() => Promise<number>> {
  await gateway.nft(`table inet watch {
    counter seen {}
    chain c { type filter hook prerouting priority -400; iifname "lan" ip daddr ${target} ip saddr ${sources} counter name seen; }
  }`)
  return async () => {
    const text = await gateway.run('nft', 'list', 'counter', 'inet', 'watch', 'seen')
    return Number(/packets (\d+)/.exec(text)?.[1])
  }
}
