/**
 * For Docker's HEALTHCHECK and other watchdogs: 0 while the daemon's loop turns, 1 where none runs
 * or it hangs. With a WAN down, or while it only observes, the daemon is healthy: a restart would
 * fix neither. It runs every few seconds, so it loads nothing but the control socket.
 */
import { askControlSocket } from '../control/ask-control-socket.ts'
import { complain, print } from './arguments.ts'

export async function health(): Promise<number> {
  const asked = await askControlSocket()
  if (asked.kind === 'silent') {
    complain(asked.reason)
    return 1
  }
  if (!asked.turning) {
    complain('the daemon hangs')
    return 1
  }
  print(asked.snapshot === null ? 'the daemon is starting' : 'the daemon is alive')
  return 0
}
