/** One resolver in a turn: where it is, with which WAN it dies, whether that WAN is out. */
import { ResolverRecord } from '../../health/resolver-record.ts'
import { familyOf } from '../../model/address.ts'
import type { WanHealth } from '../../model/health.ts'
import type { KnownResolver } from '../../model/resolver.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { policyOf } from '../../network/policies/policy-of.ts'
import { placeOf, type ResolverPlace } from '../../network/resolver-wans.ts'
import { describePlace, wanOf } from '../../report/resolver-text.ts'
import type { Decided } from '../concern.ts'

export class WatchedResolver {
  readonly known: KnownResolver
  readonly record = new ResolverRecord()
  place: ResolverPlace = { kind: 'internet' }
  /** The WAN that carries what this machine asks it, where no route says better. */
  #wayWan: string | null = null
  /** By which WAN it answered last. */
  #answeredBy: string | null = null
  #askedBy: string | null = null
  /** Never answered, and this WAN is down, which it would have been asked by. */
  #presumed: string | null = null
  /** By WAN name. */
  #healths: ReadonlyMap<string, WanHealth> = new Map()

  constructor(known: KnownResolver) {
    this.known = known
  }

  get family() {
    return familyOf(this.known.address)
  }

  /** The WAN with which it dies, as far as that is known. */
  get wan(): string | null {
    return wanOf(this.place) ?? this.#learned
  }

  /** Its WAN is out, so what it is asked may go to another one while it is silent. */
  get isStranded(): boolean {
    return !this.known.forwards && this.#isOut
  }

  /** A link-local one's questions come from an address that no other server could answer. */
  get canBeRescued(): boolean {
    return this.isStranded && !this.known.address.startsWith('fe80:')
  }

  /** How often it is asked while it is silent. Where its own line is out, that costs nothing. */
  silentMs(nowMs: number): number {
    if (this.isStranded) return wanOf(this.place) === null ? 5_000 : 1_000
    return this.record.downMs(nowMs) < 60_000 ? 2_000 : 30_000
  }

  look(decided: Decided, settings: Settings): void {
    const { host, uplinks, decision, healths } = decided
    if (host === null) return
    const { family } = this
    this.place = placeOf(this.known.address, { host, uplinks })
    const from = host.addresses.find((one) => one.family === family && one.scope === 'global')
    const policy = policyOf(settings.policies, {
      from: from?.address ?? (family === 'ipv4' ? '0.0.0.0' : '::'),
      to: this.known.address.split('%')[0] ?? '',
      ...{ own: true, protocol: 'udp', port: 53 },
    })
    this.#wayWan = decision.policies.get(policy?.name ?? 'default')?.[family].wan ?? null
    const use = policy?.use ?? settings.defaultPolicy.use
    const before = use.slice(0, Math.max(0, use.indexOf(this.#wayWan ?? '')))
    this.#healths = healths[family]
    this.#presumed = before.find((wan) => this.#healths.get(wan)?.state === 'down') ?? null
  }

  /** It is asked now. */
  asked(id: number, nowMs: number): void {
    this.#askedBy = this.#wayWan
    this.record.ask(id, nowMs)
  }

  answered(): void {
    if (this.place.kind === 'internet') this.#answeredBy = this.#askedBy
  }

  describePlace(): string {
    const { place } = this
    if (place.kind !== 'internet' || this.wan === null) return describePlace(place)
    return this.#answeredBy === null
      ? `it doesn't answer by ${this.#wayWan ?? 'any line'}, and ${this.wan} is down`
      : `it answered by ${this.wan}, and doesn't by ${this.#wayWan ?? 'any line'}`
  }

  get #isOut(): boolean {
    const { wan } = this
    if (wan === null) return false
    const state = this.#healths.get(wan)?.state
    const left = wan !== this.#wayWan
    const fixed = wanOf(this.place) !== null
    return state === 'down' || (left && (!fixed || state === 'degraded' || state === 'disabled'))
  }

  /** It answered by one WAN, and is silent while another one carries what it is asked. */
  get #learned(): string | null {
    if (this.place.kind !== 'internet' || this.record.state === 'up') {
      return this.place.kind === 'internet' && this.record.isDoubtful ? this.#other : null
    }
    return this.#answeredBy === null ? this.#presumed : this.#other
  }

  get #other(): string | null {
    return this.#answeredBy === this.#wayWan ? null : this.#answeredBy
  }
}
