/**
 * WireGuard's keys, X25519 in base64, by Node's crypto; and what a house and its server know together
 * because each has its own key and the other's public one. No key is ever logged.
 */
import { createHmac, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto'
import { helloKeyWord, houseWord } from '../../model/tunnel/hello-proof.ts'

export interface HelloKey {
  readonly key: Buffer
  /** See `ProvenQuestion`. */
  readonly house: number
}

/** @param seed 32 random bytes */
export function privateKeyOf(seed: Uint8Array): string {
  const bytes = Buffer.from(seed)
  // As RFC 7748 has it, and `wg genkey` prints it.
  bytes[0] = (bytes[0] ?? 0) & 248
  bytes[31] = ((bytes[31] ?? 0) & 127) | 64
  return bytes.toString('base64')
}

export function publicKeyOf(privateKey: string): string {
  const { x = '' } = createPublicKey(asPrivate(privateKey)).export({ format: 'jwk' })
  return Buffer.from(x, 'base64url').toString('base64')
}

/** The same at both ends: one's own private key with the other's public one. */
export function helloKeyOf(privateKey: string, publicKey: string): HelloKey {
  const x = Buffer.from(publicKey, 'base64').toString('base64url')
  const theirs = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' })
  const secret = diffieHellman({ privateKey: asPrivate(privateKey), publicKey: theirs })
  const key = hmac(secret, helloKeyWord)
  return { key, house: hmac(key, houseWord).readUInt32BE(0) }
}

export function hmac(key: Uint8Array, data: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

/** PKCS #8 around 32 bytes of X25519 (RFC 8410): Node asks a JWK for the public half as well. */
function asPrivate(privateKey: string) {
  const key = Buffer.concat([pkcs8Head, Buffer.from(privateKey, 'base64')])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

const pkcs8Head = Buffer.from('302e020100300506032b656e04220420', 'hex')
