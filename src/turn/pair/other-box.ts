/**
 * What the other box of the pair says of itself, beside what this one is like. It informs and
 * decides nothing: who serves is settled without it.
 */
import type { OtherBoxEvent } from '../../model/event.ts'
import type { Log } from '../../model/log.ts'
import {
  type BoxCard,
  clockDifference,
  differencesOf,
  type EqualOptions,
  type OptionDifference,
} from '../../model/published/box-card.ts'
import type { OtherBoxSnapshot } from '../../model/published/snapshot.ts'
import { describeOtherBox, type OtherBoxText } from '../../report/other-box-text.ts'
import type { Now } from '../concern.ts'

export interface OwnCard {
  readonly version: string
  readonly options: EqualOptions
}

export class OtherBox {
  readonly #own: OwnCard
  readonly #log: Log
  #card: BoxCard | null = null
  #heard: Now | null = null
  /** How far its clock is ahead; null: not known yet. */
  #clockSeconds: number | null = null
  #differences: readonly OptionDifference[] = []
  /** By the monotonic clock; null: all is equal, as far as we know. */
  #differsSinceMs: number | null = null
  #problem: string | null = null
  #logged = ''

  constructor(own: OwnCard, log: Log) {
    this.#own = own
    this.#log = log
  }

  take({ card, isLive }: OtherBoxEvent, now: Now): void {
    if (card === null) {
      this.#forget()
      return
    }
    this.#card = card
    this.#heard = now
    if (isLive) this.#clockSeconds = clockDifference(card.at, now.wallMs)
    this.#differences = differencesOf(this.#own.options, card.options)
    this.#differsSinceMs =
      this.#differences.length === 0 ? null : (this.#differsSinceMs ?? now.nowMs)
  }

  /** What has become of it with the time. */
  look({ nowMs }: Now): void {
    if (this.#heard !== null && nowMs - this.#heard.nowMs >= silentMs) this.#forget()
    const lasts = this.#differsSinceMs !== null && nowMs - this.#differsSinceMs >= differsMs
    this.#problem = lasts ? (this.#text()?.problem ?? null) : null
    this.#tell()
  }

  problems(): readonly string[] {
    return this.#problem === null ? [] : [this.#problem]
  }

  advice(): readonly string[] {
    return this.#text()?.hints ?? []
  }

  snapshot(): OtherBoxSnapshot | null {
    if (this.#card === null || this.#heard === null) return null
    const { version, at } = this.#card
    return {
      version,
      at,
      seen: new Date(this.#heard.wallMs).toISOString(),
      clock_s: this.#clockSeconds,
      differences: this.#differences.slice(0, mostShown),
      more: Math.max(0, this.#differences.length - mostShown),
    }
  }

  #text(): OtherBoxText | null {
    const other = this.snapshot()
    return other === null ? null : describeOtherBox(other, this.#own.version)
  }

  #forget(): void {
    this.#card = null
    this.#heard = null
    this.#clockSeconds = null
    this.#differences = []
    this.#differsSinceMs = null
  }

  #tell(): void {
    const text = [...this.problems(), ...this.advice()].join('; ')
    if (text === this.#logged) return
    if (text !== '') this.#log[this.#problem === null ? 'info' : 'warn'](`the pair: ${text}`)
    this.#logged = text
  }
}

/** Somebody who changes both boxes' options needs a moment for the second one. */
const differsMs = 60_000
/** It speaks each minute: two of its words are missing then. */
const silentMs = 150_000
const mostShown = 20
