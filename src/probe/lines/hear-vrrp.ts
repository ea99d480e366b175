/**
 * Hears for a moment which routers of a link speak VRRP, be it to all or to this host alone. Nothing
 * is sent but that this host wants to hear them.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { bytesOf } from '../../model/address-bytes.ts'
import { decodePacket } from '../messages/ip-packet.ts'
import {
  decodeVrrp,
  type VrrpMessage,
  vrrpGroupAddress,
  vrrpProtocol,
} from '../messages/vrrp-message.ts'
import { closeOnExec, type Libc, loadLibc, nonBlocking } from '../sockets/libc.ts'
import { listenRaw } from '../sockets/raw-socket.ts'

export interface HeardRouter extends VrrpMessage {
  readonly from: string
}

/** The last word of each; null: nobody could be heard. */
export async function hearVrrp(linkIndex: number): Promise<readonly HeardRouter[] | null> {
  const load = loadLibc()
  if (load.kind === 'missing') return null
  const { libc } = load
  const fd = libc.socket(AF_INET, SOCK_RAW | nonBlocking | closeOnExec, vrrpProtocol)
  if (fd < 0) return null
  if (!join(libc, fd, linkIndex)) {
    libc.close(fd)
    return null
  }
  const opened = listenRaw(libc, fd)
  if (opened.kind === 'failed') return null
  const { socket } = opened.value
  const heard = new Map<string, HeardRouter>()
  socket.on('message', (bytes, { address: from }) => {
    const packet = decodePacket(bytes)
    const said = packet === null ? null : decodeVrrp(packet.payload)
    if (said !== null && heard.size < mostRouters)
      heard.set(`${from} ${said.group}`, { from, ...said })
  })
  // Who can't listen any more has heard what it has heard.
  socket.on('error', () => undefined)
  try {
    await pause(listenMs)
    return [...heard.values()]
  } finally {
    socket.close()
  }
}

/** `ip_mreqn` of ip(7). */
function join(libc: Libc, fd: number, linkIndex: number): boolean {
  const wanted = Buffer.alloc(12)
  wanted.set(bytesOf(vrrpGroupAddress), 0)
  wanted.writeInt32LE(linkIndex, 8)
  return libc.setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, wanted) === 0
}

const AF_INET = 2
const SOCK_RAW = 3
const IPPROTO_IP = 0
const IP_ADD_MEMBERSHIP = 35
/** Most routers say so once a second. */
const listenMs = 2_200
const mostRouters = 64
