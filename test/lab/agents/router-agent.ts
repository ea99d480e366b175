/**
 * A router that offers its line by IPv6 in the machine that it is started in, and says so again all
 * the time. It ends with its standard input. Its one argument is RouterAgentOptions as JSON.
 */
import { bytesOf, macBytes } from '../../../src/model/address-bytes.ts'
import { loadLibc } from '../../../src/probe/sockets/libc.ts'
import { openRaw, socketAddress } from '../../../src/probe/sockets/raw-socket.ts'
import { agentOptions, reportReady } from './agent-program.ts'

export interface RouterAgentOptions {
  readonly link: string
  /** 0: it has no line, as the border routers of smart homes say. */
  readonly lifetimeSeconds: number
  /** A /64 of the link that is its own, without its length; left out: none. */
  readonly prefix?: string
  /** Its own, which it may keep to itself; left out: it does. */
  readonly mac?: string
  /** Left out: 255, by which others know that it is on their link. */
  readonly hopLimit?: number
}

const { link, lifetimeSeconds, prefix, mac, hopLimit = 255 } = agentOptions<RouterAgentOptions>()
const load = loadLibc()
if (load.kind === 'missing') throw new Error(load.reason)
const { libc } = load
const opened = openRaw(libc, 'ipv6')
if (opened.kind === 'failed') throw new Error(opened.reason)
const fd = opened.value

// Each 4 bytes long: IPV6_MULTICAST_IF and IPV6_MULTICAST_HOPS of linux/in6.h.
set(17, libc.interfaceIndex(link))
set(18, hopLimit)
const head = Buffer.alloc(16)
head.writeUInt8(134, 0)
head.writeUInt16BE(lifetimeSeconds, 6)
const advertisement = Buffer.concat([
  head,
  ...(prefix === undefined ? [] : [prefixOption(prefix)]),
  ...(mac === undefined ? [] : [Buffer.from([1, 1]), macBytes(mac)]),
])
setInterval(() => libc.sendto(fd, advertisement, socketAddress('ff02::1')), 200)
process.stdin.resume().on('end', () => process.exit())
reportReady()

function set(name: number, number: number): void {
  const value = Buffer.alloc(4)
  value.writeUInt32LE(number)
  if (libc.setsockopt(fd, 41, name, value) !== 0) throw new Error(libc.errorCode())
}

/** On the link, and for addresses; an hour. */
function prefixOption(network: string): Buffer {
  const option = Buffer.alloc(32)
  option.set([3, 4, 64, 0xc0])
  option.writeUInt32BE(3600, 4)
  option.writeUInt32BE(3600, 8)
  option.set(bytesOf(network), 16)
  return option
}
