/** A server's settings with everything that isn't said, for unit tests. */
import { publicKeyOf } from '../../src/kernel/tunnels/private-key.ts'
import type { HouseSettings, ServerSettings } from '../../src/server/houses/server-settings.ts'

export function exampleServer(changes: Partial<ServerSettings> = {}): ServerSettings {
  return {
    endpoint: '203.0.113.9:51820',
    private_key: exampleKey(1),
    network: '10.99.0.0/24',
    uplink: null,
    mtu: null,
    houses: [],
    ...changes,
  }
}

export function exampleHouse(changes: Partial<HouseSettings> = {}): HouseSettings {
  return {
    name: 'home',
    public_key: examplePublicKey(2),
    addresses: ['203.0.113.80/32'],
    reach: 'routed',
    ports: [],
    ...changes,
  }
}

export function examplePublicKey(byte: number): string {
  return publicKeyOf(exampleKey(byte))
}

/** As `wg genkey` makes one, but always the same. */
export function exampleKey(byte: number): string {
  const bytes = Buffer.alloc(32, byte)
  bytes[0] = byte & 248
  bytes[31] = (byte & 127) | 64
  return bytes.toString('base64')
}
