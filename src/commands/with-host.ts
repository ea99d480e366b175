import { setTimeout as pause } from 'node:timers/promises'
import type { Kernel } from '../kernel/port.ts'
import { pinoLog } from '../logging/pino-log.ts'
import type { Decision } from '../model/decision.ts'
import type { HostState } from '../model/host.ts'
import type { Settings } from '../model/settings/settings.ts'
import type { Uplink } from '../model/uplink.ts'
import { withoutShared } from '../network/pair/pair-place.ts'
import { linksToAsk } from '../network/routers.ts'
import { resolveUplinks } from '../network/uplinks.ts'
import { standingDecision, standingRouting } from '../report/standing-decision.ts'
import { type Arguments, complain } from './arguments.ts'
import { openKernel } from './open-kernel.ts'
import { readOptions } from './read-options.ts'

export interface HostView {
  readonly settings: Settings
  readonly warnings: readonly string[]
  readonly kernel: Kernel
  readonly host: HostState
  readonly uplinks: readonly Uplink[]
  /** What stands in the kernel now, else what would be decided with every WAN healthy. */
  readonly decision: Decision
  /** Where its rules lead new connections: elsewhere while they avoid a WAN that is silent. */
  readonly routed: Decision
}

/** Reads options and host for a command that only looks; 1 where the options are wrong. */
export async function withHost(
  { optionsPath }: Arguments,
  look: (view: HostView) => Promise<number>,
): Promise<number> {
  const options = readOptions(optionsPath)
  if (options.kind === 'invalid') {
    for (const line of options.lines) complain(line)
    return 1
  }
  const { settings, warnings } = options
  const kernel = await openKernel(pinoLog('error', 'text'))
  try {
    const host = withoutShared(await readWithRouters(kernel, settings), settings.pair)
    const uplinks = resolveUplinks(settings.wans, host)
    const standing = { settings, uplinks, host }
    const decision = standingDecision(standing)
    const routed = standingRouting(standing, decision)
    return await look({ settings, warnings, kernel, host, uplinks, decision, routed })
  } finally {
    await kernel.close()
  }
}

/** Waits a moment for the routers of a link that WANs share, where it matters what they say. */
async function readWithRouters(kernel: Kernel, { wans }: Settings): Promise<HostState> {
  const unsure = (host: HostState) => linksToAsk(wans, resolveUplinks(wans, host)).unsure
  let host = await kernel.read()
  if (!host.ipv6) return host
  for (const link of unsure(host)) kernel.askRouters(link)
  const lastMs = performance.now() + routersMs
  while (unsure(host).length > 0 && performance.now() < lastMs) {
    await pause(everyMs)
    host = await kernel.read()
  }
  return host
}

/** A router answers within half a second (RFC 4861, 10). */
const routersMs = 1_000
const everyMs = 100
