/**
 * Pokes TCP clients so that they send something: a client that only receives would never notice
 * that its path has died. The packets go to the client only, with a mark that keeps nft from
 * tracking them.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Family } from '../../model/address.ts'
import type { TcpFlow } from '../../model/flow.ts'
import { pokeMark } from '../../model/marks.ts'
import type { Libc } from '../sockets/libc.ts'
import { openPacketSender, socketAddress } from '../sockets/raw-socket.ts'
import { pokePacket } from './tcp-poke.ts'

/** Returns how many packets it sent; a client that can't be reached is no error. */
export async function pokeFlows(libc: Libc, flows: readonly TcpFlow[]): Promise<number> {
  const senders = new Map<Family, number>()
  let sent = 0
  try {
    for (const [i, flow] of flows.entries()) {
      const fd = senders.get(flow.family) ?? opened(libc, flow.family)
      senders.set(flow.family, fd)
      if (fd < 0) continue
      if (libc.sendto(fd, pokePacket(flow), socketAddress(flow.from)) > 0) sent += 1
      if (i % atOnce === atOnce - 1) await nextTurn()
    }
  } finally {
    for (const fd of senders.values()) if (fd >= 0) libc.close(fd)
  }
  return sent
}

/** A descriptor, or a negative number. */
function opened(libc: Libc, family: Family): number {
  const socket = openPacketSender(libc, family, pokeMark)
  return socket.kind === 'open' ? socket.value : -1
}

/** Takes a few milliseconds; then probes and answers have their turn. */
const atOnce = 100
