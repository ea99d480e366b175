/**
 * The hooks at which several concerns have a say. Each has one base chain, for its call costs the
 * kernel more than a rule does, and all packets pay for it. It calls the concerns' chains one after
 * another, each for those packets only that it can have a say about. It must have no rule of its own.
 */
import type { NftChain, NftRule } from './nft-table.ts'
import { chain } from './nft-words.ts'

/** What it has nothing to say about returns: `accept` would end the others' chains too. */
export interface CalledChain {
  readonly name: CalledName
  /** The condition on which it is called; null: for every packet. */
  readonly when: string | null
  readonly rules: readonly NftRule[]
}

export type CalledName = (typeof sharedHooks)[number]['calls'][number]

/** The chains that the called ones are, and the base chains that call them. */
export function sharedHookChains(called: readonly CalledChain[]): readonly NftChain[] {
  const byName = new Map(called.map((one) => [one.name, one]))
  const bases = sharedHooks.flatMap(({ name, hook, calls }) => {
    const jumps = calls
      .flatMap((call) => byName.get(call) ?? [])
      .map((one) => `${one.when === null ? '' : `${one.when} `}jump ${one.name}`)
    return jumps.length === 0 ? [] : [chain(name, hook, jumps)]
  })
  return [...called.map(({ name, rules }) => chain(name, null, rules)), ...bases]
}

/** In each the chains in the order of their calls. */
const sharedHooks = [
  {
    // Behind others' marks, which may replace ours.
    ...{ name: 'arriving', hook: 'filter hook prerouting priority mangle + 1' },
    calls: ['inbound', 'arrivals', 'replies', 'policies'],
  },
  {
    ...{ name: 'passing', hook: 'filter hook forward priority filter - 1' },
    calls: ['cut_forwarded', 'dead_ends_forwarded', 'segment_sizes'],
  },
  {
    // `route` makes the kernel ask the rules again for this machine's packets once they are marked.
    ...{ name: 'sending', hook: 'route hook output priority mangle' },
    calls: ['own_replies', 'own_policies'],
  },
  {
    // Here the link is known by which a packet leaves, its mark heeded.
    ...{ name: 'sent', hook: 'filter hook output priority filter - 1' },
    calls: ['redirects', 'cut_own', 'dead_ends_own', 'unpermitted'],
  },
  {
    // Behind all translation.
    ...{ name: 'leaving', hook: 'filter hook postrouting priority srcnat + 20' },
    calls: ['leaks', 'flow_marks'],
  },
] as const
