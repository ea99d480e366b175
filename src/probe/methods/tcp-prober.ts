/**
 * Connects to each target's `tcp_port` and hangs up. A refused connection is an answer too:
 * somebody there sent it. No byte of data is sent.
 */
import type { PinnedConnector } from '../sockets/pinned-connector.ts'
import type { MethodProber } from './method-prober.ts'

export function tcpProber(connector: PinnedConnector, port: number): MethodProber {
  return {
    ask: async ({ wan, family, target }) => {
      const result = await connector.connect({ wan, family, address: target, port })
      switch (result?.kind) {
        case 'connected':
          result.socket.resetAndDestroy()
          return { kind: 'answered', rttMs: result.rttMs }
        case 'closed_port':
          return { kind: 'answered', rttMs: result.rttMs }
        case 'refused':
        case 'unsent':
          return result
        case undefined:
          return null
        default:
          return result satisfies never
      }
    },
  }
}
