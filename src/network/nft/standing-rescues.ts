/**
 * The rescues that stand in the kernel, by the names of chains without a rule: a command knows no
 * more of a running daemon, and a new daemon no more of the one before.
 */
import type { HostState } from '../../model/host.ts'
import type { Rescue } from '../../model/resolver.ts'
import type { Answer } from '../rescued-queries.ts'
import { listedBlocks } from './listed-blocks.ts'

export function rescueName({ resolver, address, uplink }: Answer): string {
  return ['rescued', uplink.name, ...[resolver, address].map(asName)].join('.')
}

export function standingRescues({ nft }: Pick<HostState, 'nft'>): readonly Rescue[] {
  const rescues = new Map<string, Map<string, string>>()
  for (const { kind, name } of nft === null ? [] : listedBlocks(nft)) {
    const [word, wan = '', resolver = '', address = ''] = name.split('.')
    if (kind !== 'chain' || word !== 'rescued') continue
    const answersBy = rescues.get(asAddress(resolver)) ?? new Map<string, string>()
    rescues.set(asAddress(resolver), answersBy.set(wan, asAddress(address)))
  }
  return [...rescues].map(([resolver, answersBy]) => ({ resolver, answersBy }))
}

/** nft takes no colon in a name, and a dot stands between the parts of it. */
function asName(address: string): string {
  return address.replaceAll('.', '_').replaceAll(':', '/')
}

function asAddress(name: string): string {
  return name.replaceAll('_', '.').replaceAll('/', ':')
}
