/** Addresses as messages have them, and as all else here has them. */
import ipaddr from 'ipaddr.js'

export function bytesOf(address: string): Buffer {
  return Buffer.from(ipaddr.parse(address).toByteArray())
}

export function textOf(address: Buffer): string {
  return ipaddr.fromByteArray([...address]).toString()
}

export function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex')
}

export function macText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/..(?=.)/g, '$&:')
}
