import { Agent } from '../agents/agent.ts'
import type { RouterAgentOptions } from '../agents/router-agent.ts'
import type { Lab } from '../lab.ts'
import { upstreamOf, type WanNumber } from './plan.ts'

/**
 * As two providers' routers in one house do it: each offers its line and its own prefix to the LAN,
 * and each provider drops what leaves with another line's source (BCP 38).
 */
export async function announcePrefixes(lab: Lab, wans: readonly WanNumber[] = [1, 2]) {
  const program = new URL('../agents/router-agent.ts', import.meta.url)
  await Promise.all(
    wans.map(async (wan) => {
      const { prefix6 } = lab.wan(wan)
      const offer = { link: 'lan', lifetimeSeconds: 1800, prefix: prefix6 }
      // Nearly all routers tell their MAC; they need not.
      const options: RouterAgentOptions = wan === 1 ? { ...offer, mac: '02:00:00:00:00:01' } : offer
      const own = `{ ${prefix6}/48, ${upstreamOf(wan).own6}/64, fe80::/10 }`
      const gateway = lab.gateway(wan)
      await gateway.nft(`add rule inet gateway forward oifname "wan" ip6 saddr != ${own} drop`)
      await Agent.start(gateway, program, options)
    }),
  )
}
