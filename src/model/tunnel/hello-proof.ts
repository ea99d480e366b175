/**
 * A question of the hello that only a house can have asked. Its bytes 2 to 35, which are zero in a
 * plain one, say whose it is, when it was asked, and prove both by a key that house and server share.
 * Without it anybody could have a server send answers to an address that is not theirs. A server
 * takes each question once, so one that was overheard is worth nothing. Bytes only; the proof itself,
 * an HMAC, is others'.
 */
import { helloByte, helloLength } from './hello.ts'

export interface ProvenQuestion {
  /** The first four bytes of `HMAC(key, houseWord)`: a firewall can look for them. */
  readonly house: number
  /** By the house's clock, which must only never go back: WireGuard's handshake asks that too. */
  readonly askedAtMs: number
  readonly token: number
}

/** What an HMAC-SHA256 by the X25519 secret of the two WireGuard keys is made of: the hello's key. */
export const helloKeyWord = 'wan-failover hello 1'

/** What an HMAC-SHA256 by the hello's key is made of: the house. */
export const houseWord = 'house'

/** With an empty proof; `withProof` puts it in. */
export function writeProvenQuestion({ house, askedAtMs, token }: ProvenQuestion): Uint8Array {
  const bytes = new Uint8Array(helloLength)
  const view = new DataView(bytes.buffer)
  bytes[0] = helloByte
  bytes[1] = version
  view.setUint32(at.house, house)
  view.setUint16(at.askedAt, Math.floor(askedAtMs / 2 ** 32))
  view.setUint32(at.askedAt + 2, askedAtMs % 2 ** 32)
  view.setUint32(at.token, token)
  return bytes
}

/** null: it is no question of this version. Nothing is proven by reading it. */
export function readProvenQuestion(bytes: Uint8Array): ProvenQuestion | null {
  if (bytes.length !== helloLength || bytes[0] !== helloByte || bytes[1] !== version) return null
  if (bytes.subarray(at.nothing, at.proof).some((byte) => byte !== 0)) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return {
    house: view.getUint32(at.house),
    askedAtMs: view.getUint16(at.askedAt) * 2 ** 32 + view.getUint32(at.askedAt + 2),
    token: view.getUint32(at.token),
  }
}

/** What an HMAC-SHA256 by the hello's key is made of; the proof is its first 16 bytes. */
export function proofInput(question: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(question)
  bytes.fill(0, at.proof, at.token)
  return bytes
}

export function withProof(question: Uint8Array, proof: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(question)
  bytes.set(proof.subarray(0, at.token - at.proof), at.proof)
  return bytes
}

export function proofOf(question: Uint8Array): Uint8Array {
  return question.slice(at.proof, at.token)
}

const version = 1
const at = { house: 2, askedAt: 6, nothing: 12, proof: 20, token: 36 } as const
