/** The names that this host's own file has for addresses, hosts(5). */
import { isIP } from 'node:net'

/** The first name of an address; those of this host itself name no device. */
export function parseHosts(text: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [address = '', name = ''] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (isIP(address) === 0 || name === '' || own.test(address) || names.has(address)) continue
    names.set(address, name)
  }
  return names
}

const own = /^(127\.|::1$|fe00::|ff0)/
