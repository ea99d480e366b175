/** The kernel with which a daemon begins, or what keeps it from there. */
import { absentKernel } from '../kernel/absent-kernel.ts'
import type { Kernel } from '../kernel/port.ts'
import { missingPrivileges } from '../kernel/privileges.ts'
import { messageOf } from '../model/caught-error.ts'
import type { HostState } from '../model/host.ts'
import type { Log } from '../model/log.ts'
import { probeMark } from '../model/marks.ts'
import { checkMarks } from '../probe/sockets/mark-check.ts'
import { describeMissing } from '../report/privileges.ts'
import { openKernel } from './open-kernel.ts'

export interface FoundKernel {
  readonly kernel: Kernel
  readonly host: HostState
  readonly obstacles: readonly string[]
}

/** What this process may and can do; nothing has been touched yet. */
export async function findKernel(log: Log): Promise<FoundKernel> {
  try {
    const kernel = await openKernel(log)
    try {
      return { kernel, host: await kernel.read(), obstacles: lackingToStart() }
    } catch (error) {
      await kernel.close()
      throw error
    }
  } catch (error) {
    const host = await absentKernel.read()
    return { kernel: absentKernel, host, obstacles: [messageOf(error)] }
  }
}

export async function canRead(log: Log): Promise<boolean> {
  const { kernel } = await findKernel(log)
  await kernel.close()
  return kernel !== absentKernel
}

function lackingToStart(): readonly string[] {
  const lacking = describeMissing(missingPrivileges())
  if (lacking !== null) return [lacking]
  const marks = checkMarks(probeMark(0))
  return marks.kind === 'not_settable' ? [marks.reason] : []
}
