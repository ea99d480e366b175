import { loadLibc } from './libc.ts'
import { openMarkedSender } from './raw-socket.ts'

export type MarkCheck =
  | { readonly kind: 'settable' }
  | { readonly kind: 'not_settable'; readonly reason: string }

/** Tries on one socket, which sends nothing, whether probes can be marked. */
export function checkMarks(mark: number): MarkCheck {
  const load = loadLibc()
  if (load.kind === 'missing') return { kind: 'not_settable', reason: load.reason }
  const opened = openMarkedSender(load.libc, 'ipv4', mark)
  if (opened.kind === 'failed') return { kind: 'not_settable', reason: opened.reason }
  load.libc.close(opened.value)
  return { kind: 'settable' }
}
