/**
 * Packet sockets for a search: they hear answers before routing and firewalls have a say, on whichever
 * link they come, with the MAC that sent them. Such a socket costs a little of each packet that the
 * host gets, so it is open for seconds only.
 */
import { closeOnExec, type Libc, nonBlocking } from './libc.ts'
import { attachFilter, type FilterProgram } from './packet-filter.ts'
import { linkAddress, listenRaw, notOpened, type Opened, type RawReader } from './raw-socket.ts'
import { sendFailure } from './send-failure.ts'

/** `ethernet`: frames with their header. `bare`: IP packets of links that have none. */
export type Layer = 'ethernet' | 'bare'

/** Opens a socket that receives answers: ARP's, ICMP, and what comes from DNS servers. */
export function listenForAnswers(libc: Libc, layer: Layer): Opened<RawReader> {
  const fd = libc.socket(AF_PACKET, SOCK_RAW | nonBlocking | closeOnExec, 0)
  if (fd < 0) return notOpened(libc)
  const reason = attachFilter(libc, fd, answersOnly(layer)) ?? bindToAll(libc, fd)
  if (reason === null) return listenRaw(libc, fd)
  libc.close(fd)
  return { kind: 'failed', reason }
}

function bindToAll(libc: Libc, fd: number): string | null {
  const one = Buffer.alloc(4)
  one.writeUInt32LE(1)
  // Only spares the kernel work: what this host sends is no answer, so an old kernel's no is fine.
  libc.setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, one)
  const address = linkAddress(0, Buffer.alloc(0), { protocol: ETH_P_ALL })
  if (libc.bind(fd, address) === 0) return null
  return `can't listen for packets: ${sendFailure(libc.errorCode())}`
}

/** By the kernel's own words for where the IP header is, so that it fits any link. */
function answersOnly(layer: Layer): FilterProgram {
  const byLayer = layer === 'ethernet' ? ([0, 18] as const) : ([18, 0] as const)
  return [
    [loadHalf, 0, 0, fromKernel + hardwareType],
    [equals, ...byLayer, ethernetType],
    [loadHalf, 0, 0, fromKernel],
    [equals, 3, 0, etherTypes.arp],
    [equals, 4, 0, etherTypes.ipv4],
    [equals, 8, 0, etherTypes.ipv6],
    [end, 0, 0, 0],
    // ARP: a reply.
    [loadHalf, 0, 0, behindLink + 6],
    [equals, 10, 11, 2],
    // IPv4: ICMP, or UDP from port 53 behind the shortest header.
    [loadByte, 0, 0, behindLink + 9],
    [equals, 8, 0, 1],
    [equals, 0, 8, 17],
    [loadHalf, 0, 0, behindLink + 20],
    [equals, 5, 6, 53],
    // IPv6: the same.
    [loadByte, 0, 0, behindLink + 6],
    [equals, 3, 0, 58],
    [equals, 0, 3, 17],
    [loadHalf, 0, 0, behindLink + 40],
    [equals, 0, 1, 53],
    [end, 0, 0, 0xffff],
    [end, 0, 0, 0],
  ]
}

export const etherTypes = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd }

const loadHalf = 0x28
const loadByte = 0x30
const equals = 0x15
const end = 0x06
/** SKF_AD_OFF, SKF_AD_HATYPE and SKF_NET_OFF of linux/filter.h; the first is the protocol's place. */
const fromKernel = 0xfffff000
const hardwareType = 28
const behindLink = 0xfff00000
/** ARPHRD_ETHER of linux/if_arp.h. */
const ethernetType = 1
const AF_PACKET = 17
const SOCK_RAW = 3
const SOL_PACKET = 263
const PACKET_IGNORE_OUTGOING = 23
const ETH_P_ALL = 3
