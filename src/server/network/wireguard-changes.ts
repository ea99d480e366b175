/**
 * From what WireGuard has to what is wanted, as words of `wg set`. What is right is left alone:
 * wireguard-go opens its port anew when it is told the same one, and either forgets for a moment
 * whose an address is.
 */
import { readEndpoint } from '../../model/tunnel/endpoint.ts'
import type { ServerSettings } from '../houses/server-settings.ts'

export interface WireguardChanges {
  /** The port, where that or the key is another; null: both are right. */
  readonly port: number | null
  /** Of houses, none of them secret; empty: all are right. */
  readonly words: readonly string[]
}

/** @param dump of `wg show LINK dump`, wg(8): a line for the interface, and one for each peer */
export function wireguardChanges(settings: ServerSettings, dump: string): WireguardChanges {
  const [own = '', ...lines] = dump.split('\n').filter((line) => line !== '')
  const [privateKey, , port] = own.split('\t')
  const wantedPort = readEndpoint(settings.endpoint)?.port ?? 0
  const isRight = privateKey === settings.private_key && port === String(wantedPort)
  const there = new Map(
    lines.map((line) => line.split('\t')).map(([key = '', , , allowed = '']) => [key, allowed]),
  )
  const wanted = new Map(settings.houses.map((house) => [house.public_key, house.addresses]))
  const gone = [...there.keys()].filter((key) => !wanted.has(key))
  const changed = [...wanted].filter(([key, addresses]) => {
    const allowed = there.get(key)?.split(',').sort().join(',')
    return allowed !== [...addresses].sort().join(',')
  })
  return {
    port: isRight ? null : wantedPort,
    // First those that go: an address may be another one's now.
    words: [
      ...gone.flatMap((key) => ['peer', key, 'remove']),
      ...changed.flatMap(([key, addresses]) => ['peer', key, 'allowed-ips', addresses.join(',')]),
    ],
  }
}
