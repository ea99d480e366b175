import type { Audience } from '../../model/audience.ts'
import type { Log } from '../../model/log.ts'
import { loadLibc } from '../../probe/sockets/libc.ts'
import { SystemdAudience } from '../../service/systemd-audience.ts'

/** The systemd that started us, if it wants our reports: NOTIFY_SOCKET of sd_notify(3). */
export function tellSystemd(log: Log): readonly Audience[] {
  const socketPath = process.env['NOTIFY_SOCKET']
  if (socketPath === undefined || socketPath === '') return []
  const load = loadLibc()
  if (load.kind === 'loaded') return [new SystemdAudience({ socketPath, calls: load.libc, log })]
  log.warn(`can't report to systemd: ${load.reason}`)
  return []
}
