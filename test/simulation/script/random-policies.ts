/** Policies of a seed: who may use which WANs in which order, for a house that has none yet. */
import type { PolicySettings, Settings } from '../../../src/model/settings/settings.ts'
import { Random } from '../../random.ts'
import type { Topology } from '../world/topologies.ts'

/** By a random sequence of its own: a seed's faults stay what they were. */
export function withRandomPolicies(seed: number, topology: Topology): Topology {
  const random = new Random(seed ^ 0x901c1e5)
  const { settings } = topology
  // Where the default policy fails closed the host's own packets have one more rule.
  const isOpen = settings.defaultPolicy.use.length === settings.wans.length
  if (!isOpen || random.chance(0.3)) return topology
  const count = 1 + random.below(4)
  const policies = Array.from({ length: count }, (_, i) => randomPolicy(i, random, settings))
  return { ...topology, settings: { ...settings, policies } }
}

function randomPolicy(index: number, random: Random, { wans }: Settings): PolicySettings {
  const names = wans.map(({ name }) => name)
  const use = names.filter(() => random.chance(0.6))
  return {
    name: `policy_${index}`,
    from: [{ kind: 'address', cidr: `192.168.50.${10 + index}/32` }],
    ...{ to: [], protocol: 'any', ports: [] },
    use: random.chance(0.5) ? use.toReversed() : use,
    balance: false,
    overCap: false,
  }
}
