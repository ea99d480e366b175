import { createKernel } from '../kernel/linux-kernel.ts'
import type { Kernel } from '../kernel/port.ts'
import type { Log } from '../model/log.ts'
import { openLinkRouters } from '../probe/routers/link-routers.ts'

/** The kernel, which also hears the routers of the host's links. Rejects where there is no `ip`. */
export function openKernel(log: Log): Promise<Kernel> {
  const routers = openLinkRouters()
  return createKernel(routers === null ? { log } : { log, routers })
}
