import type { WebAnswer } from '../../model/web-check.ts'
import { checkPauseMs, leastRarePauseMs } from '../probing/check-pace.ts'

/** What both servers' answers show together. */
export type Finding =
  | { readonly kind: 'well' }
  | { readonly kind: 'tcp' }
  /** `alike`: for every server, not for one while the other is silent. */
  | { readonly kind: 'captive'; readonly by: string; readonly alike: boolean }
  | { readonly kind: 'unclear' }

export type Fault = Exclude<Finding, { kind: 'well' | 'unclear' }>

/** One good answer is enough: a server that fails alone is at fault itself. */
export function findingOf(answers: readonly WebAnswer[]): Finding {
  if (answers.some(({ kind }) => kind === 'answered')) return { kind: 'well' }
  if (answers.length === 0 || answers.some(({ kind }) => kind === 'unclear')) {
    return { kind: 'unclear' }
  }
  const portals = answers.filter((answer) => answer.kind === 'captive')
  const [portal] = portals
  if (portal === undefined) return { kind: 'tcp' }
  return { kind: 'captive', by: portal.by, alike: portals.length === answers.length }
}

/**
 * The real checks of one WAN: when the next one is due, and what they have shown. One bad check is
 * repeated before it counts; two good ones in a row end a fault.
 */
export class RealCheck {
  /** What the last check has shown that proved anything. */
  last: Finding | null = null
  /** When that check began. */
  lastBegunMs = Number.NEGATIVE_INFINITY
  fault: Fault | null = null
  /** When the first of the bad checks in a row began, and the last one of all. */
  badSinceMs = Number.POSITIVE_INFINITY
  lastBadMs = Number.NEGATIVE_INFINITY
  /** The fault was found to be the WAN's own. */
  isBlamed = false
  #rounds = 0
  #isUnderWay = false
  #begunMs = Number.NEGATIVE_INFINITY
  #suspect = false
  #isHastened = false
  /** When it was hastened last, and began. */
  #hastenedMs = Number.NEGATIVE_INFINITY
  #goodInARow = 0
  #badInARow = 0

  dueAtMs(rarely: boolean): number {
    if (this.#isUnderWay) return this.#begunMs + giveUpMs
    const inTurnMs = this.#begunMs + this.#pauseMs(rarely)
    if (!this.#isHastened) return inTurnMs
    return Math.min(inTurnMs, rarely ? this.#hastenedMs + leastRarePauseMs : this.#begunMs)
  }

  /** Returns the number of the check that begins now. */
  begin(nowMs: number): number {
    this.#rounds += 1
    this.#begunMs = nowMs
    this.#isUnderWay = true
    if (this.#isHastened) this.#hastenedMs = nowMs
    this.#isHastened = false
    return this.#rounds
  }

  /** Another WAN fails: is it the servers? */
  hasten(): void {
    this.#isHastened = true
  }

  /** The answers of an earlier check, from before a change, mean nothing. */
  take(round: number, answers: readonly WebAnswer[]): void {
    if (!this.#isUnderWay || round !== this.#rounds) return
    this.#isUnderWay = false
    const finding = findingOf(answers)
    if (finding.kind === 'unclear') {
      this.#suspect = false
      return
    }
    this.last = finding
    this.lastBegunMs = this.#begunMs
    if (finding.kind === 'well') this.#isWell()
    else this.#isBad(finding)
  }

  get isSuspect(): boolean {
    return this.#suspect
  }

  #isWell(): void {
    this.#suspect = false
    this.#badInARow = 0
    this.#goodInARow += 1
    if (this.#goodInARow >= goodEnough) this.fault = null
  }

  #isBad(fault: Fault): void {
    this.#goodInARow = 0
    if (this.#badInARow === 0) this.badSinceMs = this.#begunMs
    this.lastBadMs = this.#begunMs
    this.#badInARow += 1
    const isConfirmed = this.fault !== null || this.#suspect
    this.#suspect = !isConfirmed
    if (isConfirmed) this.fault = fault
  }

  #pauseMs(rarely: boolean): number {
    const { fault } = this
    const [goodInARow, badInARow] = [this.#goodInARow, this.#badInARow]
    const counts = { goodInARow, badInARow }
    return checkPauseMs({ rarely, suspect: this.#suspect, faulty: fault !== null, ...counts })
  }
}

const goodEnough = 2
/** The prober's own time-outs are far shorter. */
const giveUpMs = 30_000
