/** Errands for tunnels: each goes on beside the loop, and what comes of it is an event. */
import type { TunnelDevices, TunnelDialler } from '../kernel/tunnels/port.ts'
import type { DialReport } from '../model/tunnel/dial.ts'
import type { TunnelReport } from '../model/tunnel/tunnel-device.ts'
import type { Prober } from '../probe/port.ts'
import type { TunnelErrand } from '../turn/errand.ts'
import type { EventQueue } from './event-queue.ts'

export interface TunnelErrandParts {
  readonly prober: Prober
  readonly queue: EventQueue
  /** Left out: there are no tunnels. */
  readonly tunnels?: TunnelDevices
  /** The same, of tunnels that are dialled. */
  readonly dialler?: TunnelDialler
}

export async function carryOutForTunnel(
  errand: TunnelErrand,
  { prober, queue, tunnels, dialler }: TunnelErrandParts,
): Promise<void> {
  const report = (tunnel: string, what: TunnelReport) =>
    queue.push({ kind: 'tunnel', tunnel, report: what })
  if (tunnels === undefined) return
  const tell = (tunnel: string, what: DialReport) =>
    queue.push({ kind: 'dialled', tunnel, report: what })
  switch (errand.kind) {
    case 'dial_tunnel':
      if (dialler !== undefined) tell(errand.wish.name, await dialler.dial(errand.wish))
      break
    case 'listen_to_dialled':
      if (dialler !== undefined) {
        tell(errand.tunnel, { kind: 'listened', refusal: dialler.listen(errand.tunnel) })
      }
      break
    case 'settle_dialled':
      await dialler?.settle(errand.link, errand.address)
      break
    case 'tend_tunnel':
      report(errand.wish.name, await tunnels.tend(errand.wish))
      break
    case 'nudge_tunnel':
      await tunnels.nudge(errand.tunnel)
      break
    case 'look_at_tunnel':
      report(errand.tunnel, await tunnels.look(errand.tunnel))
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
