/** Errands for tunnels: each goes on beside the loop, and what comes of it is an event. */
import type { TunnelDevices } from '../kernel/tunnels/port.ts'
import type { TunnelReport } from '../model/tunnel/tunnel-device.ts'
import type { Prober } from '../probe/port.ts'
import type { TunnelErrand } from '../turn/errand.ts'
import type { EventQueue } from './event-queue.ts'

export interface TunnelErrandParts {
  readonly prober: Prober
  readonly queue: EventQueue
  /** Left out: there are no tunnels. */
  readonly tunnels?: TunnelDevices
}

export async function carryOutForTunnel(
  errand: TunnelErrand,
  { prober, queue, tunnels }: TunnelErrandParts,
): Promise<void> {
  const report = (tunnel: string, what: TunnelReport) =>
    queue.push({ kind: 'tunnel', tunnel, report: what })
  if (tunnels === undefined) return
  switch (errand.kind) {
    case 'tend_tunnel':
      report(errand.wish.name, await tunnels.tend(errand.wish))
      break
    case 'nudge_tunnel':
      await tunnels.nudge(errand.tunnel)
      break
    case 'look_at_tunnel':
      report(errand.tunnel, {
        kind: 'looked',
        handshakeMs: await tunnels.look(errand.tunnel),
      })
      break
    case 'resolve_endpoint': {
      const { tunnel, line, wan, host } = errand
      report(tunnel, { kind: 'resolved', line, addresses: await prober.lookUp(wan, host) })
      break
    }
    case 'ask_server_of_tunnel': {
      const { tunnel, line, outside, inside } = errand
      const [isThere, isInside] = await Promise.all([
        prober.isThere(outside.wan, outside.address),
        inside === null ? null : prober.isThere(inside.wan, inside.address),
      ])
      report(tunnel, { kind: 'asked', line, outside: isThere, inside: isInside })
    }
  }
}
