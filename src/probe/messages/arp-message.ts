/** ARP for IPv4 on Ethernet as bytes; RFC 826. No I/O. */

export interface ArpAddresses {
  readonly hardware: Buffer
  readonly ip: Buffer
}

/** Asks who has `target`; the answer goes to `sender`. */
export function encodeArpRequest(sender: ArpAddresses, target: Buffer): Buffer {
  const message = Buffer.alloc(messageBytes)
  preamble.copy(message)
  message.writeUInt16BE(request, 6)
  sender.hardware.copy(message, 8)
  sender.ip.copy(message, 14)
  target.copy(message, 24)
  return message
}

/** Whether `message` is `target`'s answer to `asker`. */
export function isArpReply(message: Buffer, asker: ArpAddresses, target: Buffer): boolean {
  if (message.length < messageBytes) return false
  if (!message.subarray(0, 6).equals(preamble) || message.readUInt16BE(6) !== reply) return false
  if (!message.subarray(14, 18).equals(target)) return false
  const toAsker = Buffer.concat([asker.hardware, asker.ip])
  return message.subarray(18, messageBytes).equals(toAsker)
}

export interface ArpReply {
  readonly sender: ArpAddresses
  readonly asker: ArpAddresses
}

/** Whoever's answer to whomever; null for all else. */
export function decodeArpReply(message: Buffer): ArpReply | null {
  if (message.length < messageBytes) return null
  if (!message.subarray(0, 6).equals(preamble) || message.readUInt16BE(6) !== reply) return null
  return {
    sender: { hardware: message.subarray(8, 14), ip: message.subarray(14, 18) },
    asker: { hardware: message.subarray(18, 24), ip: message.subarray(24, 28) },
  }
}

export const broadcast = Buffer.alloc(6, 0xff)

const messageBytes = 28
/** Ethernet, IPv4, and the lengths of their addresses. */
const preamble = Buffer.of(0, 1, 8, 0, 6, 4)
const request = 1
const reply = 2
