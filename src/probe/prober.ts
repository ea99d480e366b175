/**
 * Sends probes out of one WAN and tells what became of them. ICMP leaves by the WAN's probe mark;
 * DNS, TCP and HTTP by source ports that rules send to its table; the gateway itself is asked by
 * ARP on the WAN's link.
 * It must never send a probe that isn't pinned, and never judge: silence is told to nobody.
 */
import { isIPv4, isIPv6 } from 'node:net'
import type { TcpFlow } from '../model/flow.ts'
import type { Log } from '../model/log.ts'
import type { ProbeOutcome, ProbeRequest } from '../model/probe.ts'
import type { ProbeSettings } from '../model/settings.ts'
import { DnsAsker } from './methods/dns-asker.ts'
import { DnsProber } from './methods/dns-prober.ts'
import { HttpProber } from './methods/http-prober.ts'
import { IcmpProber } from './methods/icmp-prober.ts'
import type { MethodProber } from './methods/method-prober.ts'
import { NeighbourProber } from './methods/neighbour-prober.ts'
import { TcpProber } from './methods/tcp-prober.ts'
import { pokeFlows } from './pokes/flow-poker.ts'
import type { ProbeListener, Prober } from './port.ts'
import { askPublicAddress } from './public-address.ts'
import { type Libc, loadLibc } from './sockets/libc.ts'
import { PinnedConnector } from './sockets/pinned-connector.ts'

export interface ProberOptions {
  /** How many WANs there are; requests name them by position. */
  readonly wans: number
  readonly settings: Pick<ProbeSettings, 'targets' | 'dnsName' | 'tcpPort' | 'httpUrl'>
  readonly log: Log
  readonly listener: ProbeListener
}

export function createProber(options: ProberOptions): Prober {
  return new PinnedProber(options)
}

class PinnedProber implements Prober {
  readonly #options: ProberOptions
  readonly #asker = new DnsAsker()
  readonly #connector = new PinnedConnector()
  readonly #libc: Libc | null
  readonly #probers: Readonly<Record<ProbeRequest['method'], MethodProber>>
  /** The last reason for `unsent` by WAN and method: each is logged when it is new. */
  readonly #troubles = new Map<string, string>()
  readonly #closing = new AbortController()

  constructor(options: ProberOptions) {
    this.#options = options
    const { dnsName, tcpPort, httpUrl } = options.settings
    const asker = this.#asker
    const connector = this.#connector
    const load = loadLibc()
    this.#libc = load.kind === 'loaded' ? load.libc : null
    const tell = (request: ProbeRequest, outcome: ProbeOutcome): void =>
      this.#tell(request, outcome)
    this.#probers = {
      icmp: new IcmpProber({ wans: options.wans, load, tell }),
      dns: new DnsProber({ asker, name: dnsName, tell }),
      tcp: new TcpProber({ connector, port: tcpPort, tell }),
      http: new HttpProber({ asker, connector, url: httpUrl, tell }),
      neighbour: new NeighbourProber({ load, tell }),
    }
  }

  send(request: ProbeRequest): void {
    if (this.#closed) return
    const objection = this.#objectionTo(request)
    if (objection === null) this.#probers[request.method].send(request)
    else this.#tell(request, { kind: 'unsent', reason: objection })
  }

  askPublicAddress(wan: number): Promise<string | null> {
    if (this.#closed || !this.#isWan(wan)) return Promise.resolve(null)
    const { targets } = this.#options.settings
    const family = targets.ipv4.length > 0 ? 'ipv4' : 'ipv6'
    const servers = targets[family]
    return askPublicAddress(this.#asker, {
      wan,
      family,
      servers,
      signal: this.#closing.signal,
    })
  }

  async poke(flows: readonly TcpFlow[]): Promise<number> {
    return this.#closed || this.#libc === null ? 0 : pokeFlows(this.#libc, flows)
  }

  close(): void {
    if (this.#closed) return
    this.#closing.abort()
    for (const prober of Object.values(this.#probers)) prober.close()
    this.#asker.close()
    this.#connector.close()
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted
  }

  #isWan(wan: number): boolean {
    return Number.isInteger(wan) && wan >= 0 && wan < this.#options.wans
  }

  #objectionTo({ wan, family, target }: ProbeRequest): string | null {
    if (!this.#isWan(wan)) return `there is no WAN at position ${wan}`
    const fits = family === 'ipv4' ? isIPv4(target) : isIPv6(target)
    return fits ? null : `${target} is no ${family} address`
  }

  #tell(request: ProbeRequest, outcome: ProbeOutcome): void {
    if (outcome.kind === 'unsent') setImmediate(() => this.#deliver(request, outcome))
    else this.#deliver(request, outcome)
  }

  #deliver(request: ProbeRequest, outcome: ProbeOutcome): void {
    if (this.#closed) return
    this.#noteTrouble(request, outcome)
    this.#options.listener({ id: request.id, wan: request.wan, outcome })
  }

  /** At debug level: what it means for the WAN is the health's to say. */
  #noteTrouble({ wan, method, family }: ProbeRequest, outcome: ProbeOutcome): void {
    const key = `${wan} ${method} ${family}`
    if (outcome.kind === 'answered') {
      this.#troubles.delete(key)
      return
    }
    if (this.#troubles.get(key) === outcome.reason) return
    this.#troubles.set(key, outcome.reason)
    const what = outcome.kind === 'unsent' ? 'could not be sent' : 'was refused'
    this.#options.log.debug(`A ${method} probe of WAN ${wan} ${what}: ${outcome.reason}.`)
  }
}
