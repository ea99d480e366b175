/**
 * Names of things: WANs, policies, interfaces, hosts, topics. They end up in commands of `ip` and
 * `nft`, in MQTT topics and in entity ids, so each may hold only what is plain in all of those.
 */
import type { GivenLink } from '../../model/uplink.ts'
import { readMac } from './addresses.ts'
import { shaped, textOption } from './option.ts'

/** Words that mean something else where a WAN's name is expected. */
const reservedNames: readonly string[] = ['automatic', 'auto', 'none', 'all', 'host', 'default']

export const wanNameOption = nameOption('primary')

export const tunnelNameOption = nameOption('home_ip')

export const policyNameOption = nameOption('kids_tablet')

/** A WAN's name where one is referred to; whether there is such a WAN is checked later. */
export const wanReferenceOption = shaped(
  textOption("a WAN's name, or none", (text) => (text === '' ? undefined : text)),
  { kind: 'text', names: 'wans' },
)

/** A tunnel's name where one is referred to; whether there is such a one is checked later. */
export const tunnelReferenceOption = textOption("a tunnel's name", (text) =>
  text === '' ? undefined : text,
)

/** Linux allows 15 bytes. Spaces, quotes and `#` would break a line of `ip -batch`. */
export const interfaceOption = textOption(
  'the name of an interface like eth0 (at most 15 letters, digits and . _ -; not lo) or its MAC',
  (text): GivenLink | undefined => {
    const mac = readMac(text)
    if (mac !== undefined) return { kind: 'mac', mac }
    return /^\w[\w.-]{0,14}$/.test(text) && text !== 'lo' ? { kind: 'name', name: text } : undefined
  },
)

export const dnsNameOption = textOption('a DNS name like dns.google', (text) =>
  isHostName(text) ? text.toLowerCase() : undefined,
)

/** A host name or an address. */
export const brokerHostOption = textOption(
  'a host name or an address like 192.168.0.10, without mqtt:// and port',
  (text) => (isHostName(text) || /^[\da-f]*:[\da-f:.]+$/i.test(text) ? text : undefined),
)

/** Plain HTTP: what answers must be asked of an address, and a certificate would name a host. */
export const httpUrlOption = textOption(
  'an address like http://connectivitycheck.gstatic.com/generate_204 (http, not https)',
  readHttpUrl,
)

/** No wildcards, no `$`, no empty level; `homeassistant` is Home Assistant's own. */
export const baseTopicOption = textOption(
  'an MQTT topic like wan_failover (letters, digits and _ . - /; not below homeassistant)',
  (text) =>
    text.length <= 128 && /^[\w.-]+(\/[\w.-]+)*$/.test(text) && !/^homeassistant(\/|$)/.test(text)
      ? text
      : undefined,
)

/** With and without the domain: `mobile_app_phone` becomes `notify.mobile_app_phone`. */
export const notifyOption = textOption('a notify service like notify.mobile_app_phone', (text) => {
  const service = text.toLowerCase().replace(/^notify\./, '')
  return /^[a-z\d_]{1,100}$/.test(service) ? `notify.${service}` : undefined
})

function nameOption(example: string) {
  return textOption(
    (found) =>
      typeof found === 'string' && reservedNames.includes(found.trim())
        ? `another name: ${found.trim()} is reserved`
        : `a name like ${example} (a to z first, then a to z, 0 to 9 and _; at most 32)`,
    (text) =>
      /^[a-z][a-z0-9_]{0,31}$/.test(text) && !reservedNames.includes(text) ? text : undefined,
  )
}

function isHostName(text: string): boolean {
  return text.length <= 253 && /^[a-z\d_]([a-z\d_-]{0,62})(\.[a-z\d_][a-z\d_-]{0,62})*$/i.test(text)
}

function readHttpUrl(text: string): string | undefined {
  if (text.length > 500 || !/^http:\/\/[\x21-\x7e]+$/i.test(text) || !URL.canParse(text)) return
  const url = new URL(text)
  return url.username === '' && url.password === '' && url.hash === '' ? url.href : undefined
}
