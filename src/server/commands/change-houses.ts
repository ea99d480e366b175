/**
 * A house comes, gets another key, or goes. The invitation is printed once: its private key stands
 * nowhere on this machine. The service takes the settings at once.
 */
import { renderUnicodeCompact } from 'uqr'
import { newKey, publicKeyOf } from '../../kernel/tunnels/private-key.ts'
import { readEndpoint } from '../../model/tunnel/endpoint.ts'
import { type Invitation, writeInvitation } from '../../model/tunnel/invitation.ts'
import { addHouse, rekeyHouse, removeHouse } from '../houses/houses.ts'
import { insideOf, type ServerSettings } from '../houses/server-settings.ts'
import type { ServerArguments } from './server-command-line.ts'
import { settingsOrThrow, writeSettingsFile } from './settings-store.ts'
import { tellService } from './tell-service.ts'

export async function changeHouses(
  command: 'add' | 'rekey' | 'remove',
  name: string,
  given: ServerArguments,
): Promise<number> {
  const { settingsPath } = given
  const settings = await settingsOrThrow(settingsPath)
  const privateKey = newKey()
  const changed = change(settings, { command, name, publicKey: publicKeyOf(privateKey), given })
  if (typeof changed === 'string') {
    process.stderr.write(`${changed}\n`)
    return 1
  }
  await writeSettingsFile(settingsPath, changed)
  await tellService(settingsPath)
  if (command === 'remove') say(`The house ${name} is out.`)
  else invite(changed, name, privateKey)
  return 0
}

interface Change {
  readonly command: 'add' | 'rekey' | 'remove'
  readonly name: string
  readonly publicKey: string
  readonly given: ServerArguments
}

function change(settings: ServerSettings, { command, name, publicKey, given }: Change) {
  switch (command) {
    case 'add': {
      const { addresses, ports, proxy } = given
      const reach = proxy ? 'proxy' : 'routed'
      return addHouse(settings, { name, publicKey, addresses, ports, reach })
    }
    case 'rekey':
      return rekeyHouse(settings, name, publicKey)
    case 'remove':
      return removeHouse(settings, name)
  }
}

function invite(settings: ServerSettings, name: string, privateKey: string): void {
  const house = settings.houses.find((one) => one.name === name)
  const endpoint = readEndpoint(settings.endpoint)
  if (house === undefined || endpoint === null) throw new Error(`${name} is not in the settings`)
  const invitation: Invitation = {
    endpoint,
    peerKey: publicKeyOf(settings.private_key),
    privateKey,
    address: house.addresses,
    inside: insideOf(settings),
    mtu: settings.mtu,
  }
  const line = writeInvitation(invitation)
  say(
    `The invitation of the house ${name}, for its option tunnels. It is a secret like a password,`,
  )
  say('and it is printed this once; rekey makes another one.')
  say('')
  say(line)
  if (process.stdout.isTTY) say(`\n${renderUnicodeCompact(line)}`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
