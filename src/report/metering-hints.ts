/** Where less is counted of a metered WAN than its provider counts. */
import { countedWans } from '../model/counted-wans.ts'
import type { Settings } from '../model/settings.ts'
import { unmasqueradedNetworks } from '../network/translation-chains.ts'
import type { Uplink } from '../network/uplinks.ts'

export function meteringHints(settings: Settings, uplinks: readonly Uplink[]): string[] {
  const direct = unmasqueradedNetworks(settings, uplinks, 'ipv4')
  return countedWans(settings).flatMap(({ name }) => {
    const own = uplinks.find((uplink) => uplink.name === name)
    const shared = uplinks.some((other) => other.name !== name && other.link === own?.link)
    if (own === undefined || own.link === null || !shared || direct.length === 0) return []
    return [
      `${name} shares ${own.link} with another WAN: what its gateway sends to ${direct.join(', ')} ` +
        'bypasses this machine, so only what these devices send is counted',
    ]
  })
}
