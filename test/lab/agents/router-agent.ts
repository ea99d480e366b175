/**
 * A router that offers its line by IPv6 in the machine that it is started in, and says so again all
 * the time. It ends with its standard input. Its one argument is RouterAgentOptions as JSON.
 */
import { loadLibc } from '../../../src/probe/sockets/libc.ts'
import { openRaw, socketAddress } from '../../../src/probe/sockets/raw-socket.ts'
import { agentOptions, reportReady } from './agent-program.ts'

export interface RouterAgentOptions {
  readonly link: string
  /** 0: it has no line, as the border routers of smart homes say. */
  readonly lifetimeSeconds: number
}

const { link, lifetimeSeconds } = agentOptions<RouterAgentOptions>()
const load = loadLibc()
if (load.kind === 'missing') throw new Error(load.reason)
const { libc } = load
const opened = openRaw(libc, 'ipv6')
if (opened.kind === 'failed') throw new Error(opened.reason)
const fd = opened.value

// Each 4 bytes long: IPV6_MULTICAST_IF and IPV6_MULTICAST_HOPS of linux/in6.h.
set(17, libc.interfaceIndex(link))
set(18, 255)
const advertisement = Buffer.alloc(16)
advertisement.writeUInt8(134, 0)
advertisement.writeUInt16BE(lifetimeSeconds, 6)
setInterval(() => libc.sendto(fd, advertisement, socketAddress('ff02::1')), 200)
process.stdin.resume().on('end', () => process.exit())
reportReady()

function set(name: number, number: number): void {
  const value = Buffer.alloc(4)
  value.writeUInt32LE(number)
  if (libc.setsockopt(fd, 41, name, value) !== 0) throw new Error(libc.errorCode())
}
