/** A server's settings with everything that isn't said, for unit tests. */
import { privateKeyOf, publicKeyOf } from '../../src/server/hello/tunnel-keys.ts'
import type { HouseSettings, ServerSettings } from '../../src/server/houses/server-settings.ts'

export function exampleServer(changes: Partial<ServerSettings> = {}): ServerSettings {
  return {
    endpoint: '203.0.113.9:51820',
    private_key: privateKeyOf(new Uint8Array(32).fill(1)),
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
  return publicKeyOf(privateKeyOf(new Uint8Array(32).fill(byte)))
}
