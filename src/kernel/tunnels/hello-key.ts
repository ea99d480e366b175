/** What this house and its server know together, because each has its own key and the other's public one. */
import { createHmac, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto'
import { helloKeyWord, houseWord } from '../../model/tunnel/hello-proof.ts'

export interface HelloKey {
  readonly key: Uint8Array
  /** See `ProvenQuestion`. */
  readonly house: number
}

export function helloKeyOf(privateKey: string, peerKey: string): HelloKey {
  const x = Buffer.from(peerKey, 'base64').toString('base64url')
  const secret = diffieHellman({
    privateKey: asPrivate(privateKey),
    publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' }),
  })
  const key = hmac(secret, helloKeyWord)
  return { key, house: hmac(key, houseWord).readUInt32BE(0) }
}

export function hmac(key: Uint8Array, data: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

/** PKCS #8 around the 32 bytes of an X25519 key (RFC 8410). */
export function asPrivate(privateKey: string) {
  const key = Buffer.concat([pkcs8Before, Buffer.from(privateKey, 'base64')])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

const pkcs8Before = Buffer.from('302e020100300506032b656e04220420', 'hex')
