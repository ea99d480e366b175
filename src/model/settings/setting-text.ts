/** Parts of the settings as users write them in the options. */

import type { GivenLink } from '../uplink.ts'
import type { Matcher, PortRange } from './settings.ts'

/** `192.168.0.50`, `192.168.0.64/26`, `aa:bb:cc:dd:ee:ff`, `host`, `all`. */
export function matcherText(matcher: Matcher): string {
  switch (matcher.kind) {
    case 'address':
      return matcher.cidr
    case 'mac':
      return matcher.mac
    case 'host':
    case 'all':
      return matcher.kind
  }
}

/** `eth0`, `aa:bb:cc:dd:ee:ff`. */
export function linkText(link: GivenLink): string {
  return link.kind === 'name' ? link.name : link.mac
}

/** `443`, `5000-5100`. */
export function portsText({ first, last }: PortRange): string {
  return first === last ? `${first}` : `${first}-${last}`
}
