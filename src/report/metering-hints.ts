/** Where less is counted of a metered WAN than its provider counts. */
import { countedWans } from '../model/settings/counted-wans.ts'
import type { Settings } from '../model/settings/settings.ts'
import type { Uplink } from '../model/uplink.ts'
import { unmasqueradedNetworks } from '../network/nft/chains/translation-chains.ts'

export function meteringHints(settings: Settings, uplinks: readonly Uplink[]): string[] {
  const direct = unmasqueradedNetworks(settings, uplinks, 'ipv4')
  return countedWans(settings).flatMap(({ name }) => {
    const own = uplinks.find((uplink) => uplink.name === name)
    if (own?.sharesLink !== true || direct.length === 0) return []
    return [
      `${name} shares ${own.link} with another WAN: what its gateway sends to ${direct.join(', ')} ` +
        'bypasses this machine, so only what these devices send is counted',
    ]
  })
}
