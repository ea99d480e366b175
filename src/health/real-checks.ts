/**
 * The real checks of all WANs beside each other. What counts as a fault of a WAN:
 *
 * - A captive portal that answers for both servers counts by itself, at the start too.
 * - Silence counts only where both servers have answered by some WAN since the start: where a
 *   firewall of the house blocks them, or one of them, they prove nothing.
 * - Where no WAN reaches them any more it is the servers, or something before all WANs. What a WAN
 *   has shown before the silence began counts only where none has been asked since.
 *
 * Computes; sends nothing.
 */
import type { WebAnswer } from '../model/web-check.ts'
import { type Fault, RealCheck } from './verdict/real-check.ts'

/** A WAN as it is at this moment. */
export interface CheckedWan {
  readonly index: number
  /** Where its packets go; null: nowhere at the moment. */
  readonly place: string | null
  /** It is up or degraded. */
  readonly speaks: boolean
  /** Every byte is paid for, and nothing uses the WAN. */
  readonly rarely: boolean
  /** Its probes are such requests already. */
  readonly covered: boolean
}

export interface BegunCheck {
  readonly wan: number
  readonly round: number
}

export class RealChecks {
  /** The hosts that are asked. */
  readonly #servers: readonly [string, string]
  readonly #checks = new Map<number, RealCheck>()
  readonly #places = new Map<number, string>()
  /** The servers that have answered, by whatever WAN. */
  readonly #known = new Set<number>()
  #wans: readonly CheckedWan[] = []

  constructor(servers: readonly [string, string]) {
    this.#servers = servers
  }

  /** How the WANs are now. What was found at another place says nothing about this one. */
  see(wans: readonly CheckedWan[]): void {
    this.#wans = wans
    for (const { index, place, covered } of wans) {
      const before = this.#places.get(index)
      if (place !== null) this.#places.set(index, place)
      const hasMoved = place !== null && before !== undefined && before !== place
      if (hasMoved || covered) this.#checks.delete(index)
    }
  }

  wakeAtMs(): number {
    return Math.min(...this.#asked().map(({ wan, check }) => check.dueAtMs(wan.rarely)))
  }

  /** The checks that are due; they count as begun. */
  begin(nowMs: number): BegunCheck[] {
    return this.#asked()
      .filter(({ wan, check }) => nowMs >= check.dueAtMs(wan.rarely))
      .map(({ wan, check }) => ({ wan: wan.index, round: check.begin(nowMs) }))
  }

  take({ wan, round }: BegunCheck, answers: readonly WebAnswer[]): void {
    const check = this.#checks.get(wan)
    if (check === undefined) return
    for (const [server, { kind }] of answers.entries()) {
      if (kind === 'answered') this.#known.add(server)
    }
    const wasSuspect = check.isSuspect
    check.take(round, answers)
    for (const [each, eachCheck] of this.#checks) {
      eachCheck.isBlamed = eachCheck.fault !== null && this.#counts(each)
    }
    if (!check.isSuspect || wasSuspect) return
    for (const [other, otherCheck] of this.#checks) if (other !== wan) otherCheck.hasten()
  }

  /** By the WANs' positions, why each is not as it should be, in words. */
  faults(): ReadonlyMap<number, string> {
    const faults = new Map<number, string>()
    for (const [wan, { fault }] of this.#checks) {
      if (fault !== null && this.#counts(wan)) faults.set(wan, this.#describe(fault))
    }
    return faults
  }

  /** Why a silence that was found counts for nothing; null where there is none. */
  doubt(): string | null {
    const silent = [...this.#checks].some(
      ([wan, { fault }]) => fault !== null && !this.#counts(wan),
    )
    if (!silent) return null
    const [first, second] = this.#servers
    const never = this.#servers.filter((_, server) => !this.#known.has(server))
    if (never.length > 0) {
      return (
        `no answer from ${never.join(' and ')} by any WAN so far: whether TCP gets through where ` +
        'ping does, nobody can tell without'
      )
    }
    return `neither ${first} nor ${second} answers by any WAN: no WAN is blamed for that`
  }

  #asked(): { readonly wan: CheckedWan; readonly check: RealCheck }[] {
    return this.#wans
      .filter(({ speaks, place, covered }) => speaks && place !== null && !covered)
      .map((wan) => ({ wan, check: this.#checkOf(wan.index) }))
  }

  #checkOf(wan: number): RealCheck {
    const known = this.#checks.get(wan)
    if (known !== undefined) return known
    const check = new RealCheck()
    this.#checks.set(wan, check)
    return check
  }

  #counts(wan: number): boolean {
    const { fault, badSinceMs, lastBadMs, isBlamed } = this.#checkOf(wan)
    if (fault?.kind === 'captive' && fault.alike) return true
    if (this.#known.size < this.#servers.length) return false
    const others = this.#asked()
      .filter((other) => other.wan.index !== wan)
      .map(({ check }) => check)
    const since = others.filter(({ lastBegunMs }) => lastBegunMs >= badSinceMs)
    const witnesses = since.length > 0 ? since : others.filter(({ last }) => last !== null)
    if (witnesses.length === 0) return true
    // One that is well only after the last bad check may tell that the servers have come back.
    const within = (begunMs: number) => isBlamed || since.length === 0 || begunMs <= lastBadMs
    return witnesses.some(({ last, lastBegunMs }) => last?.kind === 'well' && within(lastBegunMs))
  }

  #describe(fault: Fault): string {
    const [first, second] = this.#servers
    return fault.kind === 'captive'
      ? `a captive portal answers (${fault.by}): open a browser on this line and sign in`
      : `probes are answered, but no tcp connection gets through: neither ${first} nor ` +
          `${second} can be reached`
  }
}
