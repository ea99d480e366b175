/**
 * The hello, version 1: how a server learns the addresses of a house that has its tunnel on two lines
 * at once. The house asks by each line, from WireGuard's own port; the server answers with a cookie
 * for the address that it saw, and keeps nothing; the house hands the answer back inside the tunnel.
 * So an address counts only where the holder of the key receives. Question and answer have one
 * length: there is nothing to amplify. Bytes only; who sends them, and the cookie itself, is others'.
 */
import ipaddr from 'ipaddr.js'

/** WireGuard's own messages begin with 1 to 4. */
export const helloByte = 0xff

export const helloLength = 40

/** Where the server takes answers back, inside the tunnel. */
export const helloInsidePort = 51_819

/** An address counts for this long after the last cookie for it. */
export const helloLifeMs = 30_000

/** Where a question came from, as the server saw it. */
export interface HelloOrigin {
  readonly address: string
  readonly port: number
}

export interface HelloAnswer extends HelloOrigin {
  readonly cookie: Uint8Array
  readonly token: number
}

/** @param token any 32 bits, by which the asker knows the answer again */
export function writeHelloQuestion(token: number): Uint8Array {
  const bytes = empty()
  new DataView(bytes.buffer).setUint32(at.token, token)
  return bytes
}

/** The token; null: it is no question of this version. */
export function readHelloQuestion(bytes: Uint8Array): number | null {
  if (!isHello(bytes)) return null
  if (bytes.subarray(at.address, at.token).some((byte) => byte !== 0)) return null
  return viewOf(bytes).getUint32(at.token)
}

export function writeHelloAnswer({ address, port, cookie, token }: HelloAnswer): Uint8Array {
  const bytes = empty()
  const view = new DataView(bytes.buffer)
  bytes.set(sixteenBytes(address), at.address)
  view.setUint16(at.port, port)
  bytes.set(cookie.subarray(0, cookieLength), at.cookie)
  view.setUint32(at.token, token)
  return bytes
}

/** null: it is no answer of this version. */
export function readHelloAnswer(bytes: Uint8Array): HelloAnswer | null {
  if (!isHello(bytes)) return null
  const port = viewOf(bytes).getUint16(at.port)
  if (port === 0) return null
  return {
    address: textOf(bytes.subarray(at.address, at.port)),
    port,
    cookie: bytes.slice(at.cookie, at.token),
    token: viewOf(bytes).getUint32(at.token),
  }
}

/** What the server's HMAC-SHA256 is made of; the cookie is its first 16 bytes. */
export function cookieInput({ address, port }: HelloOrigin, minute: number): Uint8Array {
  const bytes = new Uint8Array(16 + 2 + 4)
  const view = new DataView(bytes.buffer)
  bytes.set(sixteenBytes(address))
  view.setUint16(16, port)
  view.setUint32(18, minute)
  return bytes
}

const version = 1
const cookieLength = 16
const at = { address: 2, port: 18, cookie: 20, token: 36 } as const

function empty(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(helloLength)
  bytes[0] = helloByte
  bytes[1] = version
  return bytes
}

function isHello(bytes: Uint8Array): boolean {
  return bytes.length === helloLength && bytes[0] === helloByte && bytes[1] === version
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

function sixteenBytes(address: string): readonly number[] {
  const parsed = ipaddr.parse(address)
  const wide = parsed instanceof ipaddr.IPv4 ? parsed.toIPv4MappedAddress() : parsed
  return wide.toByteArray()
}

function textOf(bytes: Uint8Array): string {
  return ipaddr.process(ipaddr.fromByteArray([...bytes]).toString()).toString()
}
