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
    this.#problem = lasts ? problemOf(this.#differences) : null
    this.#tell()
  }

  problems(): readonly string[] {
    return this.#problem === null ? [] : [this.#problem]
  }

  /** Of what mostly passes by itself: an update is under way, or a clock isn't set yet. */
  advice(): readonly string[] {
    const card = this.#card
    if (card === null) return []
    const { version } = this.#own
    const versions =
      card.version === version
        ? []
        : [`the other box has version ${card.version}, this one ${version}: update both`]
    const seconds = this.#clockSeconds ?? 0
    if (Math.abs(seconds) < clockSeconds) return versions
    const way = seconds > 0 ? 'ahead of' : 'behind'
    const clock = `the other box's clock is ${Math.abs(seconds)} s ${way} this one's: set both by NTP`
    return [...versions, clock]
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

function problemOf(differences: readonly OptionDifference[]): string {
  const named = differences
    .slice(0, mostNamed)
    .map(({ option, here, there }) => `${option} (here ${worded(here)}, there ${worded(there)})`)
  const more = differences.length - named.length
  const rest = more > 0 ? `, and ${more} more` : ''
  return `the other box has other options: ${named.join(', ')}${rest}`
}

function worded(text: string): string {
  return text === '' ? 'nothing' : text
}

/** Somebody who changes both boxes' options needs a moment for the second one. */
const differsMs = 60_000
/** It speaks each minute: two of its words are missing then. */
const silentMs = 150_000
/** Less is what a message may take on its way. */
const clockSeconds = 5
const mostShown = 20
const mostNamed = 3
