/**
 * Whether names resolve: asks each of the machine's resolvers now and then, and at once when a WAN
 * or the decision changes. Where one is silent whose WAN is out, it finds those that answer in its
 * place, and wants its questions handed to them (`dns_rescue`) until it answers again.
 */
import { AnsweringServers, type Wish } from '../../health/answering-servers.ts'
import { families } from '../../model/address.ts'
import type { DaemonEvent } from '../../model/event.ts'
import type { HostState } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import type { ResolverSnapshot } from '../../model/published/snapshot.ts'
import type { KnownResolver, Rescue } from '../../model/resolver.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { describeEvent } from '../../report/phrases.ts'
import { adviseResolvers, describeRescue } from '../../report/resolver-text.ts'
import type { Concern, Decided, Figures, Now, Wishes } from '../concern.ts'
import type { Errand } from '../errand.ts'
import { AdoptedRescues } from '../names/adopted-rescues.ts'
import { serversInPlaceOf } from '../names/servers-in-place.ts'
import { WatchedResolver } from '../names/watched-resolver.ts'

export class NameResolution implements Concern {
  readonly #settings: Settings
  readonly #log: Log
  readonly #servers = new AnsweringServers()
  readonly #adopted = new AdoptedRescues()
  #resolvers: readonly WatchedResolver[] = []
  #nextId = 1
  /** The states of the WANs and the decision, as they were when all were asked last. */
  #situation = ''
  #wishes: readonly Wish[] = []
  #rescues: ReadonlyMap<string, Rescue> = new Map()
  #advice: readonly string[] = []
  #told: 'unknown' | 'up' | 'down' = 'unknown'
  #toldRescues = ''
  #published = '[]'
  #wakeAtMs = Number.POSITIVE_INFINITY

  constructor(settings: Settings, log: Log) {
    this.#settings = settings
    this.#log = log
  }

  start(host: HostState): readonly Errand[] {
    const found = this.#adopted.find(host)
    for (const text of describeAll(found))
      this.#log.info(`found a rescue of an earlier run: ${text}`)
    this.#toldRescues = describeAll(found).join('\n')
    return []
  }

  wakeAtMs(): number {
    return this.#wakeAtMs
  }

  take(event: DaemonEvent, { nowMs }: Now): boolean {
    switch (event.kind) {
      case 'resolvers':
        this.#setResolvers(event.resolvers)
        return false
      case 'resolver_answer': {
        const { question, outcome } = event
        const resolver = this.#resolvers.find(({ known }) => known.address === question.address)
        if (resolver === undefined || outcome === null) return false
        resolver.record.take(question.id, outcome, nowMs)
        if (resolver.record.state === 'up') resolver.answered()
        return false
      }
      case 'server_answer':
        this.#servers.take(event.question, event.outcome?.kind === 'answered')
        return false
      default:
        return false
    }
  }

  wishes(decided: Decided): Wishes {
    const { nowMs, active, healths } = decided
    for (const resolver of this.#resolvers) resolver.look(decided, this.#settings)
    this.#askAnewWhereChanged(decided)
    const out = families.some((family) =>
      [...healths[family].values()].some(({ state }) => state === 'down'),
    )
    for (const resolver of this.#resolvers) {
      const timeoutMs = out || resolver.isStranded ? hurriedMs : patientMs
      resolver.record.judge(nowMs, { timeoutMs, silentMs: resolver.silentMs(nowMs) })
    }
    const helps = active && this.#settings.dnsRescue === 'auto'
    const stranded = helps ? this.#resolvers.filter(({ canBeRescued }) => canBeRescued) : []
    this.#wishes = this.#serversToAsk(stranded, decided)
    const rescues = new Map(
      stranded
        .filter(({ record }) => record.state === 'down')
        .flatMap((resolver) => this.#rescueOf(resolver, decided)),
    )
    if (helps) for (const one of this.#adoptedBeside(rescues, nowMs)) rescues.set(one.resolver, one)
    this.#rescues = rescues
    return { rescues: [...this.#rescues.values()] }
  }

  afterwards(decided: Decided): readonly Errand[] {
    const { nowMs } = decided
    const asks = this.#resolvers
      .filter(({ record }) => record.isDue(nowMs))
      .map((resolver): Errand => {
        const question = {
          id: this.#nextId++,
          address: resolver.known.address,
          uncached: resolver.isStranded,
        }
        resolver.asked(question.id, nowMs)
        return { kind: 'ask_resolver', question }
      })
    const searches = this.#servers
      .dueQuestions(this.#wishes, nowMs)
      .map((question): Errand => ({ kind: 'ask_server', question }))
    this.#wakeAtMs = Math.min(
      this.#servers.wakeAtMs(),
      this.#adopted.wakeAtMs(),
      ...this.#resolvers.map(({ record }) => record.wakeAtMs()),
    )
    this.#noteAdvice()
    this.#noteRescues()
    return [...asks, ...searches, ...this.#news(decided)]
  }

  problems(): readonly string[] {
    return this.#resolvers
      .filter((resolver) => resolver.record.state === 'down' && !this.#isRescued(resolver))
      .map((resolver) => `the DNS server ${resolver.known.address}: ${this.#reasonOf(resolver)}`)
  }

  advice(): readonly string[] {
    return this.#advice
  }

  figures(): Figures {
    const figures = this.#resolvers.map((resolver) => {
      const figure: ResolverSnapshot = {
        state: resolver.record.state,
        via: resolver.wan,
        rescued: this.#isRescued(resolver),
        reason: this.#reasonOf(resolver),
      }
      return [resolver.known.address, figure] as const
    })
    return { resolvers: new Map(figures) }
  }

  hasNews(): boolean {
    const published = JSON.stringify([...(this.figures().resolvers ?? [])])
    const isNews = published !== this.#published
    this.#published = published
    return isNews
  }

  #setResolvers(found: readonly KnownResolver[]): void {
    const before = new Map(this.#resolvers.map((one) => [keyOf(one.known), one]))
    this.#resolvers = found.map((known) => before.get(keyOf(known)) ?? new WatchedResolver(known))
    const named = found.map(({ address }) => address).join(', ')
    this.#log.info(
      named === '' ? 'this machine is told no DNS server' : `this machine asks ${named} for names`,
    )
  }

  #askAnewWhereChanged({ healths, decision, nowMs }: Decided): void {
    const situation = JSON.stringify([
      families.map((family) => [...healths[family]].map(([wan, { state }]) => [wan, state])),
      [...decision.policies].map(([, { ipv4, ipv6 }]) => [ipv4.wan, ipv6.wan]),
    ])
    if (situation === this.#situation) return
    this.#situation = situation
    for (const { record } of this.#resolvers) record.askAnew(nowMs)
  }

  /** Already while a stranded one is asked: whoever is to help is then known in time. */
  #serversToAsk(stranded: readonly WatchedResolver[], decided: Decided): Wish[] {
    const doubtful = stranded.filter(({ record }) => record.state !== 'up' || record.isDoubtful)
    const all = new Map<number, Set<string>>()
    for (const resolver of doubtful) {
      for (const { wan, servers } of this.#serversFor(resolver, decided)) {
        all.set(wan, new Set([...(all.get(wan) ?? []), ...servers]))
      }
    }
    return [...all].map(([wan, servers]) => ({ wan, servers: [...servers] }))
  }

  #serversFor(resolver: WatchedResolver, decided: Decided): readonly Wish[] {
    const { settings, resolvers } = { settings: this.#settings, resolvers: this.#resolvers }
    return serversInPlaceOf(resolver, { settings, resolvers, decided })
  }

  #rescueOf(resolver: WatchedResolver, decided: Decided): [string, Rescue][] {
    const answersBy = new Map<string, string>()
    for (const { wan, servers } of this.#serversFor(resolver, decided)) {
      const server = this.#servers.answering(wan, servers)
      const name = this.#settings.wans[wan]?.name
      if (server !== null && name !== undefined) answersBy.set(name, server)
    }
    const { address } = resolver.known
    return answersBy.size === 0 ? [] : [[address, { resolver: address, answersBy }]]
  }

  #adoptedBeside(own: ReadonlyMap<string, Rescue>, nowMs: number): readonly Rescue[] {
    const answers = this.#resolvers.filter(({ record }) => record.state === 'up')
    const settled = new Set([...own.keys(), ...answers.map(({ known }) => known.address)])
    return this.#adopted.standing(nowMs, (resolver) => settled.has(resolver))
  }

  #isRescued({ known }: WatchedResolver): boolean {
    return this.#rescues.has(known.address)
  }

  #reasonOf(resolver: WatchedResolver): string {
    const { record, known } = resolver
    const where = resolver.describePlace()
    if (record.state === 'up') return `it answers; ${where}`
    const rescue = this.#rescues.get(known.address)
    const trouble = record.state === 'unknown' ? "it hasn't been heard yet" : record.trouble
    if (rescue !== undefined) return `${trouble}; ${where}; ${describeRescue(rescue)}`
    if (record.state === 'unknown') return `${trouble}; ${where}`
    const helpless = this.#settings.dnsRescue === 'off' ? 'dns_rescue is off' : 'no other answers'
    return `${trouble}; ${where}${resolver.isStranded ? `; ${helpless}` : ''}`
  }

  #noteAdvice(): void {
    const placed = this.#resolvers.map(({ known, place }) => ({ ...known, place }))
    const advice = adviseResolvers(placed, this.#settings)
    for (const text of advice) if (!this.#advice.includes(text)) this.#log.info(text)
    this.#advice = advice
  }

  #noteRescues(): void {
    const texts = describeAll([...this.#rescues.values()])
    const told = texts.join('\n')
    if (told === this.#toldRescues) return
    for (const text of texts) this.#log.info(text)
    if (texts.length === 0) this.#log.info('every question for a name goes where it was sent again')
    this.#toldRescues = told
  }

  /** Told when a line takes names along, or when nobody answers; and when that is over. */
  #news({ wallMs }: Decided): readonly Errand[] {
    const state = this.#stateOfNames()
    const before = this.#told
    if (state === 'unknown' || state === before) return []
    this.#told = state
    if (before === 'unknown' && state === 'up') return []
    const down = this.#resolvers.filter(({ record }) => record.state === 'down')
    const [first] = down
    const reasons = down.map((one) => `${one.known.address}: ${this.#reasonOf(one)}`)
    const about = { from: null, to: null, detect_ms: null, switch_ms: null }
    const event =
      state === 'down'
        ? ({
            event_type: 'names_down',
            wan: first?.wan ?? null,
            reason: reasons.join(', '),
          } as const)
        : ({ event_type: 'names_up', wan: null, reason: this.#answering() } as const)
    const { level, text } = describeEvent({ ...event, ...about }, null)
    this.#log[level](text)
    const at = new Date(wallMs).toISOString()
    return [{ kind: 'announce', event: { ...event, ...about, at } }]
  }

  #stateOfNames(): 'unknown' | 'up' | 'down' {
    if (this.#resolvers.length === 0) return 'unknown'
    const states = this.#resolvers.map(({ record }) => record.state)
    const taken = this.#resolvers.some(
      ({ record, isStranded }) => isStranded && record.state === 'down',
    )
    if (taken || states.every((state) => state === 'down')) return 'down'
    return states.includes('up') ? 'up' : 'unknown'
  }

  #answering(): string {
    const up = this.#resolvers.filter(({ record }) => record.state === 'up')
    return `${up.map(({ known }) => known.address).join(', ')} answers`
  }
}

function describeAll(rescues: readonly Rescue[]): readonly string[] {
  return rescues.map((rescue) => `${rescue.resolver} gives no answer: ${describeRescue(rescue)}`)
}

function keyOf({ address, forwards }: KnownResolver): string {
  return `${address} ${forwards}`
}

/** A packet that is lost on the way to a resolver costs a house a second, no more. */
const hurriedMs = 500
const patientMs = 1_500
