/** Where houses find this machine, and its key; what is set up already stays. */
import { existsSync } from 'node:fs'
import ipaddr from 'ipaddr.js'
import { newKey } from '../../kernel/tunnels/private-key.ts'
import { type Endpoint, endpointText, readEndpoint } from '../../model/tunnel/endpoint.ts'
import type { ServerArguments } from './server-command-line.ts'
import { settingsOrThrow, writeSettingsFile } from './settings-store.ts'
import { tellService } from './tell-service.ts'

export async function setUp({ settingsPath, endpoint }: ServerArguments): Promise<number> {
  const known = existsSync(settingsPath) ? await settingsOrThrow(settingsPath) : null
  if (known !== null && endpoint === null) return 0
  const wanted = readWanted(endpoint ?? '')
  if (wanted === null) {
    process.stderr.write(
      'name this machine as houses find it: --endpoint vpn.example.org, or its public address\n',
    )
    return 2
  }
  const { host } = wanted
  if (ipaddr.isValid(host) && ipaddr.parse(host).range() === 'private') {
    process.stderr.write(`${host} is no address that a house can reach from the Internet\n`)
    return 2
  }
  await writeSettingsFile(settingsPath, {
    network: '10.99.0.0/24',
    uplink: null,
    mtu: null,
    houses: [],
    ...known,
    endpoint: endpointText(wanted),
    private_key: known?.private_key ?? newKey(),
  })
  if (known !== null && known.endpoint !== endpointText(wanted)) {
    await tellService(settingsPath)
    process.stdout.write(
      'Invitations name the endpoint: rekey each house, or change it in its options.\n',
    )
  }
  return 0
}

/** WireGuard's usual port where none is named; an IPv6 address needs no brackets then. */
function readWanted(text: string): Endpoint | null {
  const bare = ipaddr.IPv6.isValid(text) ? `[${text}]` : text
  return readEndpoint(text) ?? readEndpoint(`${bare}:51820`)
}
