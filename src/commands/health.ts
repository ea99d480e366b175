/**
 * For Docker's HEALTHCHECK and other watchdogs: 0 while the daemon's loop turns, 1 where none runs
 * or it hangs. With a WAN down, or while it only observes, the daemon is healthy: a restart would
 * fix neither, but it prints what needs attention. It runs every few seconds, so it loads nothing
 * but the control socket.
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
  for (const problem of problemsOf(asked.snapshot)) print(`PROBLEM  ${problem}`)
  return 0
}

/** A schema would cost more than all the rest of this command. */
function problemsOf(snapshot: unknown): readonly unknown[] {
  if (typeof snapshot !== 'object' || snapshot === null || !('problems' in snapshot)) return []
  return Array.isArray(snapshot.problems) ? snapshot.problems : []
}
