/** What `wg syncconf` reads: sessions of houses that stay go on. It has the server's key in it. */
import { readEndpoint } from '../../model/tunnel/endpoint.ts'
import type { ServerSettings } from '../houses/server-settings.ts'

export function wireguardConfig({ endpoint, private_key, houses }: ServerSettings): string {
  const { port } = readEndpoint(endpoint) ?? { port: 0 }
  const peers = houses.map(({ public_key, addresses }) =>
    ['[Peer]', `PublicKey = ${public_key}`, `AllowedIPs = ${addresses.join(', ')}`].join('\n'),
  )
  const own = ['[Interface]', `PrivateKey = ${private_key}`, `ListenPort = ${port}`].join('\n')
  return `${[own, ...peers].join('\n\n')}\n`
}
