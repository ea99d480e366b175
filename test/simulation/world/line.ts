/** The truth about one WAN, which the daemon can only guess from its probes. */
import type { ProbeRequest } from '../../../src/model/probe.ts'
import type { WebAnswer } from '../../../src/model/web-check.ts'
import type { Random } from '../../random.ts'
import type { Fault } from '../script/fault.ts'
import type { Place } from './topologies.ts'

export interface LinkTruth {
  present: boolean
  up: boolean
  carrier: boolean
  leased: boolean
}

/** Of one family. */
export interface FamilyTruth {
  /** Since when nothing has got through; null while something does. */
  deadSinceMs: number | null
  lastDeadMs: number
  /** Since when it has had no fault that counts. */
  faultlessSinceMs: number | null
}

export class Line {
  /** By the options in force; of no WAN of theirs it has the index -1. */
  place: Place
  readonly link: LinkTruth
  gateway: string
  readonly faults = new Set<Fault>()
  /** Since when nothing has got through; null while something does. */
  deadSinceMs: number | null = null
  /** Until when an answer may come that was on its way when the line died. */
  answersUntilMs = 0
  /** Since when it hasn't been dead; null while it is. */
  aliveSinceMs: number | null = 0
  /** Since when it has had no fault that counts. */
  faultlessSinceMs: number | null = 0
  /** Since when nothing but real requests shows that it is of no use; null where that isn't so. */
  blindSinceMs: number | null = null
  lastDeadMs = Number.NEGATIVE_INFINITY
  /** Its IPv6, where it has any; all else here is about IPv4. */
  readonly ipv6: FamilyTruth = {
    deadSinceMs: null,
    lastDeadMs: Number.NEGATIVE_INFINITY,
    faultlessSinceMs: 0,
  }
  lastLossyMs = Number.NEGATIVE_INFINITY
  lastFaultyMs = Number.NEGATIVE_INFINITY
  /** When it last had any fault, one that counts or not. */
  lastTouchedMs = Number.NEGATIVE_INFINITY
  /** As it was until now. */
  #mostLatencyMs = 0
  /** Among all lines of the house, whatever the options say. */
  readonly #number: number

  constructor(place: Place, link: LinkTruth) {
    this.place = place
    this.#number = place.index
    this.link = link
    this.gateway = place.gateway
  }

  /** Call it after every change of the world and before every look at the times. */
  settle(nowMs: number, targets: 'speak' | 'half silent' | 'silent'): void {
    const dead = targets === 'silent' || this.#isDead()
    if (this.deadSinceMs === null) {
      this.answersUntilMs = Math.max(this.answersUntilMs, nowMs + this.#mostLatencyMs)
    }
    this.#mostLatencyMs = this.#latencyMs()
    if (dead) this.lastDeadMs = nowMs
    this.deadSinceMs = dead ? (this.deadSinceMs ?? nowMs) : null
    this.aliveSinceMs = dead ? null : (this.aliveSinceMs ?? nowMs)
    const late = this.#latencyMs() > lateMs
    if (late || [...this.faults].some((fault) => this.#maySilence(fault))) this.lastLossyMs = nowMs
    const own = [...this.faults].filter(({ kind }) => kind !== 'ipv6_silent')
    const isBlind = !dead && own.length === 1 && this.#isBlind()
    this.blindSinceMs = isBlind ? (this.blindSinceMs ?? nowMs) : null
    const faulty = dead || targets === 'half silent' || this.#isIll()
    if (faulty) this.lastFaultyMs = nowMs
    if (faulty || this.faults.size > 0) this.lastTouchedMs = nowMs
    this.faultlessSinceMs = faulty ? null : (this.faultlessSinceMs ?? nowMs)
    this.#settleIpv6(nowMs)
  }

  #settleIpv6(nowMs: number): void {
    const { ipv6 } = this
    const dead = this.#isDead() || this.#has('ipv6_silent')
    const faulty = dead || this.#isIll()
    if (dead) ipv6.lastDeadMs = nowMs
    ipv6.deadSinceMs = dead ? (ipv6.deadSinceMs ?? nowMs) : null
    ipv6.faultlessSinceMs = faulty ? null : (ipv6.faultlessSinceMs ?? nowMs)
  }

  /** A change too short to last, as of its gateway: a probe right then gets no reply. */
  hiccup(nowMs: number): void {
    this.lastDeadMs = nowMs
    this.lastFaultyMs = nowMs
    this.lastTouchedMs = nowMs
    this.faultlessSinceMs = nowMs
    // At another gateway everything has to be found anew.
    if (this.blindSinceMs !== null) this.blindSinceMs = nowMs
  }

  get gatewaySpeaks(): boolean {
    return this.#isConnected() && ![...this.faults].some(({ kind }) => kind === 'gateway_dead')
  }

  /** How long the answer to this probe takes; null: there is none. */
  answerAfterMs(request: ProbeRequest, random: Random): number | null {
    if (request.method === 'neighbour') return this.gatewaySpeaks ? random.between(0.3, 3) : null
    if (this.#isDead() || (request.family === 'ipv6' && this.#has('ipv6_silent'))) return null
    let latencyMs = 8 + 15 * this.#number + random.between(0, 4)
    for (const fault of this.faults) {
      if (fault.kind === 'method_silent' && fault.method === request.method) return null
      if (fault.kind === 'lossy' && random.chance(fault.lossPercent / 100)) return null
      if (fault.kind === 'slow') latencyMs += fault.latencyMs + random.between(0, fault.jitterMs)
    }
    return latencyMs
  }

  /** What a real request to one of the two servers gets. */
  webAnswer(isServerDown: boolean, random: Random): WebAnswer {
    if (this.#isDead() || this.#has('method_silent', 'dns')) {
      return { kind: 'unclear', reason: 'no DNS server answers' }
    }
    if (this.#has('captive')) return { kind: 'captive', by: 'login.example' }
    const lost = [...this.faults].some(
      (fault) => fault.kind === 'lossy' && random.chance((fault.lossPercent / 100) ** 3),
    )
    if (isServerDown || lost || this.#has('tcp_dead')) return { kind: 'no_tcp' }
    return { kind: 'answered' }
  }

  #isBlind(): boolean {
    return this.#has('captive') || this.#has('tcp_dead')
  }

  #has(kind: Fault['kind'], method?: string): boolean {
    return [...this.faults].some(
      (fault) =>
        fault.kind === kind &&
        (method === undefined || (fault.kind === 'method_silent' && fault.method === method)),
    )
  }

  /** All questions of a burst may go unanswered, though the line is not dead. */
  #maySilence(fault: Fault): boolean {
    // A metered WAN on standby gets probes of the first method only.
    if (fault.kind === 'method_silent') return this.place.metered && fault.method === 'icmp'
    return fault.kind === 'lossy' && fault.lossPercent > mostLossPercent
  }

  /** What all slow faults make of an answer together, at the worst. */
  #latencyMs(): number {
    let latencyMs = 0
    for (const fault of this.faults) {
      if (fault.kind === 'slow') latencyMs += fault.latencyMs + fault.jitterMs
    }
    return latencyMs
  }

  /** It has a fault that counts, or several that do together. */
  #isIll(): boolean {
    const faults = [...this.faults]
    const sum = (of: (fault: Fault) => number) =>
      faults.reduce((total, fault) => total + of(fault), 0)
    const latencyMs = sum((fault) => (fault.kind === 'slow' ? fault.latencyMs : 0))
    const lossPercent = sum((fault) => (fault.kind === 'lossy' ? fault.lossPercent : 0))
    return latencyMs > mostLatencyMs || lossPercent > mostLossPercent || faults.some(countsAlone)
  }

  #isConnected(): boolean {
    const { present, up, carrier, leased } = this.link
    return present && up && carrier && leased
  }

  #isDead(): boolean {
    const faults = [...this.faults]
    if (!this.gatewaySpeaks || faults.some(({ kind }) => kind === 'silent')) return true
    const silentMethods = faults.map((fault) =>
      fault.kind === 'method_silent' ? fault.method : null,
    )
    return silentMethods.includes('icmp') && silentMethods.includes('dns')
  }
}

/** Gives each line its place by other options; returns the WANs in their order. */
export function takePlaces(lines: readonly Line[], places: readonly Place[]): Line[] {
  for (const line of lines) line.place = { ...line.place, index: -1, table: -1 }
  return places.map((place) => {
    const line = lines.find((one) => one.place.name === place.name)
    if (line === undefined) throw new Error(`there is no line ${place.name} in this world`)
    line.place = place
    return line
  })
}

/** A line that suddenly answers so much later can't be told from a silent one. */
const lateMs = 580

/** More than this is no everyday weather. */
const mostLatencyMs = 400
const mostLossPercent = 5

/** What a WAN may be left for, whatever else there is. */
function countsAlone({ kind }: Fault): boolean {
  return kind !== 'ipv6_silent' && kind !== 'lossy' && kind !== 'slow'
}
