/**
 * Connects to each target's `tcp_port` and hangs up. A refused connection is an answer too:
 * somebody there sent it. No byte of data is sent.
 */
import type { ProbeRequest } from '../../model/probe.ts'
import type { ConnectResult, PinnedConnector } from '../sockets/pinned-connector.ts'
import type { MethodProber, Tell } from './method-prober.ts'

export class TcpProber implements MethodProber {
  readonly #connector: PinnedConnector
  readonly #port: number
  readonly #tell: Tell

  constructor({ connector, port, tell }: { connector: PinnedConnector; port: number; tell: Tell }) {
    this.#connector = connector
    this.#port = port
    this.#tell = tell
  }

  send(request: ProbeRequest): void {
    const { wan, family, target } = request
    this.#connector.connect({ wan, family, address: target, port: this.#port }, (result) => {
      this.#tell(request, judge(result))
    })
  }

  /** The connector is shared, so who made it closes it. */
  close(): void {}
}

function judge(result: ConnectResult): Parameters<Tell>[1] {
  switch (result.kind) {
    case 'connected':
      result.socket.resetAndDestroy()
      return { kind: 'answered', rttMs: result.rttMs }
    case 'closed_port':
      return { kind: 'answered', rttMs: result.rttMs }
    case 'refused':
    case 'unsent':
      return result
    default:
      return result satisfies never
  }
}
