/** What files say of a machine's DNS servers. Pure: text in, addresses out. */
import { isIP } from 'node:net'

/** `nameserver` lines of resolv.conf(5), in their order; what is no address is left out. */
export function nameserversIn(text: string): readonly string[] {
  const found = text
    .slice(0, maxBytes)
    .split('\n')
    .flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? [])
  return found.filter((address) => isIP(address.split('%')[0] ?? '') !== 0)
}

/** As the Supervisor writes servers, `dns://192.168.0.1`; others, as of TLS, we can't ask. */
export function serversIn(urls: readonly string[]): readonly string[] {
  return urls.flatMap((url) => {
    const [, address = ''] = /^dns:\/\/\[?([^\]]*?)\]?(?::53)?$/.exec(url) ?? []
    return isIP(address.split('%')[0] ?? '') === 0 ? [] : [address]
  })
}

/**
 * Where the programs behind a loopback address keep those that they ask: systemd-resolved, and
 * dnsmasq as NetworkManager and Debian start it.
 */
export function upstreamFiles(nameservers: readonly string[]): readonly string[] {
  const loopback = nameservers.filter(isLoopback)
  if (loopback.length === 0) return []
  const resolved = loopback.some((address) => address === '127.0.0.53' || address === '127.0.0.54')
  return resolved
    ? ['/run/systemd/resolve/resolv.conf']
    : ['/run/NetworkManager/no-stub-resolv.conf', '/run/dnsmasq/resolv.conf']
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}

/** Far more than any resolver reads. */
const maxBytes = 65_536
