/** What a router says of the address that it serves, as bytes; RFC 5798, 5.2, and RFC 3768. No I/O. */
import { textOf } from '../../model/address-bytes.ts'

export interface VrrpMessage {
  /** The router id. */
  readonly group: number
  /** 255: the address is the router's own. 0: it gives up. */
  readonly priority: number
  /** IPv4. */
  readonly addresses: readonly string[]
  /** null in version 2, which has whole seconds. */
  readonly advertMs: number | null
}

/** null where it is none. `message` is the payload of an IPv4 packet. */
export function decodeVrrp(message: Buffer): VrrpMessage | null {
  if (message.length < headBytes) return null
  const [version, type] = [message.readUInt8(0) >> 4, message.readUInt8(0) & 0x0f]
  if (type !== advertisement || (version !== 2 && version !== 3)) return null
  const count = message.readUInt8(3)
  if (message.length < headBytes + 4 * count) return null
  const addresses = Array.from({ length: count }, (_, index) => {
    const at = headBytes + 4 * index
    return textOf(message.subarray(at, at + 4))
  })
  return {
    group: message.readUInt8(1),
    priority: message.readUInt8(2),
    addresses,
    advertMs: version === 3 ? 10 * (message.readUInt16BE(4) & 0x0fff) : null,
  }
}

export const vrrpProtocol = 112
export const vrrpGroupAddress = '224.0.0.18'

const headBytes = 8
const advertisement = 1
