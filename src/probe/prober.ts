/**
 * Sends probes out of one WAN and reports their outcomes. ICMP leaves by the WAN's probe mark;
 * DNS, TCP and HTTP leave by source ports that rules send to its table; ARP asks the gateway
 * itself on the WAN's link.
 * It must never send a probe that isn't pinned, and never judge: it doesn't report silence.
 */
import { isIPv4, isIPv6 } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type ByFamily, familyNames, familyOf } from '../model/address.ts'
import type { TcpFlow } from '../model/flow.ts'
import type { Log } from '../model/log.ts'
import { type ForgedAnswers, type ProbeOutcome, type ProbeRequest, unsent } from '../model/probe.ts'
import type { NameOutcome, ResolverQuestion, ServerQuestion } from '../model/resolver.ts'
import type { ProbeSettings, Settings } from '../model/settings/settings.ts'
import { targetsOf } from '../model/settings/targets-of.ts'
import { checkUrls, type WebAnswer } from '../model/web-check.ts'
import { ForgeryWatch } from './forgery-watch.ts'
import { lookUp } from './look-up.ts'
import { DnsAsker } from './methods/dns-asker.ts'
import { dnsProber } from './methods/dns-prober.ts'
import { httpProber } from './methods/http-prober.ts'
import { IcmpProber } from './methods/icmp-prober.ts'
import type { MethodProber } from './methods/method-prober.ts'
import { NeighbourProber } from './methods/neighbour-prober.ts'
import { askResolver, outcomeOf } from './methods/resolver-asker.ts'
import { tcpProber } from './methods/tcp-prober.ts'
import { WebFetcher } from './methods/web-fetcher.ts'
import { pokeFlows } from './pokes/flow-poker.ts'
import type { ProbeListener, Prober } from './port.ts'
import { askPublicAddress } from './public-address.ts'
import { type Libc, loadLibc } from './sockets/libc.ts'
import { PinnedConnector } from './sockets/pinned-connector.ts'
import { WebChecker } from './web-checker.ts'

export interface ProberOptions {
  /** Requests name them by position. */
  readonly wans: readonly ProbedWan[]
  readonly settings: Pick<ProbeSettings, 'dnsName' | 'tcpPort' | 'httpUrl'>
  readonly log: Log
  readonly listener: ProbeListener
  /** Hears of answers that proved nothing, at most once a second for each WAN and kind. */
  readonly onForged: (forged: ForgedAnswers) => void
}

export interface ProbedWan {
  readonly name: string
  /** Whom it asks for its public address. */
  readonly targets: ByFamily<readonly string[]>
}

export function probedWans({ wans, probe }: Pick<Settings, 'wans' | 'probe'>): ProbedWan[] {
  return wans.map((wan) => ({ name: wan.name, targets: targetsOf(wan, probe) }))
}

export function createProber(options: ProberOptions): Prober {
  return new PinnedProber(options)
}

class PinnedProber implements Prober {
  readonly #options: ProberOptions
  readonly #asker: DnsAsker
  readonly #connector = new PinnedConnector()
  readonly #web: WebChecker
  readonly #libc: Libc | null
  readonly #probers: Readonly<Record<ProbeRequest['method'], MethodProber>>
  /** Why the last probe failed, by WAN, method and family: each reason is logged when it is new. */
  readonly #troubles = new Map<string, string>()
  readonly #closing = new AbortController()
  #closed = false

  constructor(options: ProberOptions) {
    this.#options = options
    const { dnsName, tcpPort, httpUrl } = options.settings
    const forgeries = new ForgeryWatch((forged) => {
      if (!this.#closed) options.onForged(forged)
    })
    const asker = new DnsAsker(forgeries)
    this.#asker = asker
    const connector = this.#connector
    this.#web = new WebChecker(asker, connector, checkUrls(httpUrl))
    const load = loadLibc()
    this.#libc = load.kind === 'loaded' ? load.libc : null
    const raw = (make: (libc: Libc) => MethodProber): MethodProber =>
      load.kind === 'loaded' ? make(load.libc) : { ask: async () => unsent(load.reason) }
    this.#probers = {
      icmp: raw((libc) => new IcmpProber(options.wans.length, libc, forgeries)),
      dns: dnsProber(asker, dnsName),
      tcp: tcpProber(connector, tcpPort),
      http: httpProber(new WebFetcher(asker, connector, httpUrl)),
      neighbour: raw((libc) => new NeighbourProber(libc)),
    }
  }

  send(request: ProbeRequest): void {
    if (!this.#closed) void this.#probe(request)
  }

  askPublicAddress(wan: number): Promise<string | null> {
    const targets = this.#options.wans[wan]?.targets
    if (this.#closed || targets === undefined) return Promise.resolve(null)
    const family = targets.ipv4.length > 0 ? 'ipv4' : 'ipv6'
    return askPublicAddress(this.#asker, { wan, family, servers: targets[family] })
  }

  async askResolver({ address, uncached }: ResolverQuestion): Promise<NameOutcome | null> {
    const name = this.#options.settings.dnsName
    return this.#closed ? null : askResolver({ address, name, uncached }, this.#closing.signal)
  }

  async askServer({ wan, server }: ServerQuestion): Promise<NameOutcome | null> {
    if (this.#closed || !this.#isWan(wan)) return null
    const question = { name: this.#options.settings.dnsName, type: 'A', class: 'IN' } as const
    const family = familyOf(server)
    const answer = await this.#asker.ask({ wan, family, server, question })
    if (answer?.kind !== 'response') return answer === null ? null : refusalOf(answer)
    return outcomeOf(answer.response)
  }

  lookUp(wan: number, name: string): Promise<readonly string[]> {
    const servers = this.#options.wans[wan]?.targets
    if (this.#closed || servers === undefined) return Promise.resolve([])
    return lookUp(this.#asker, { wan, name, servers })
  }

  async isThere(wan: number, target: string): Promise<boolean> {
    const family = familyOf(target)
    const request = { id: 0, wan, method: 'icmp', family, target, link: '', small: false } as const
    if (this.#closed || this.#objectionTo(request) !== null) return false
    const { promise: silence, resolve } = Promise.withResolvers<null>()
    const timer = setTimeout(resolve, pingTimeoutMs, null)
    const outcome = await Promise.race([this.#probers.icmp.ask(request), silence])
    clearTimeout(timer)
    return outcome?.kind === 'answered'
  }

  checkWeb(wan: number): Promise<readonly WebAnswer[]> {
    const targets = this.#options.wans[wan]?.targets.ipv4
    if (this.#closed || targets === undefined) return Promise.resolve([])
    return this.#web.check(wan, targets)
  }

  async poke(flows: readonly TcpFlow[]): Promise<number> {
    return this.#closed || this.#libc === null ? 0 : pokeFlows(this.#libc, flows)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#closing.abort()
    for (const prober of Object.values(this.#probers)) prober.close?.()
    this.#asker.close()
    this.#connector.close()
  }

  #isWan(wan: number): boolean {
    return Number.isInteger(wan) && wan >= 0 && wan < this.#options.wans.length
  }

  #objectionTo({ wan, family, target }: ProbeRequest): string | null {
    if (!this.#isWan(wan)) return `there is no WAN at position ${wan}`
    const fits = family === 'ipv4' ? isIPv4(target) : isIPv6(target)
    return fits ? null : `${target} is no ${familyNames[family]} address`
  }

  async #probe(request: ProbeRequest): Promise<void> {
    const objection = this.#objectionTo(request)
    const outcome =
      objection === null ? await this.#probers[request.method].ask(request) : unsent(objection)
    // A probe that can't be sent often fails at once; answers come in a turn of their own.
    if (outcome?.kind === 'unsent') await nextTurn()
    if (this.#closed || outcome === null) return
    this.#noteTrouble(request, outcome)
    this.#options.listener({ id: request.id, wan: request.wan, outcome })
  }

  /** At debug level: `health/` says what it means for the WAN. */
  #noteTrouble({ wan, method, family }: ProbeRequest, outcome: ProbeOutcome): void {
    const key = `${wan} ${method} ${family}`
    if (outcome.kind === 'answered') {
      this.#troubles.delete(key)
      return
    }
    if (this.#troubles.get(key) === outcome.reason) return
    this.#troubles.set(key, outcome.reason)
    const { wans, log } = this.#options
    const what = outcome.kind === 'unsent' ? "can't be sent" : 'are refused'
    const over = family === 'ipv6' ? ' over IPv6' : ''
    log.debug(`probes of ${wans[wan]?.name ?? wan} by ${method}${over} ${what}: ${outcome.reason}`)
  }
}

const pingTimeoutMs = 2_000

function refusalOf({ reason }: { readonly reason: string }): NameOutcome {
  return { kind: 'refused', reason }
}
