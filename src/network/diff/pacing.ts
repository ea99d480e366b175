/**
 * When each change is made. What is new is made at once. What was there and has been lost is put
 * back after a little quiet, so that no tool's own loop is fought stroke by stroke; an object that
 * is lost more than ten times a minute waits half a minute, and the log names it.
 */
import type { Change } from './change.ts'
import { changeKey, isDeletion } from './operations.ts'

export interface Paced {
  readonly now: readonly Change[]
  /** When the held ones may be made; infinite where none is held. */
  readonly laterAtMs: number
  /** Objects that were lost since the last call and are held or put back. */
  readonly lost: readonly Change[]
  /** Of these, the ones that another program keeps deleting. */
  readonly fights: readonly Change[]
}

export class Pacing {
  /** Desired objects that stood once, or were made: their absence is a loss, not news. */
  #known = new Set<string>()
  /** Made in this pass: whatever the read-back says, an earlier loss of them is over. */
  readonly #made = new Set<string>()
  readonly #losses = new Map<string, Loss>()
  #lastSignMs = Number.NEGATIVE_INFINITY

  /** The kernel reported a change by another program. */
  sign(nowMs: number): void {
    this.#lastSignMs = nowMs
  }

  /** Which of the changes to make now; `changes` is all that is missing or too much. */
  pace(changes: readonly Change[], nowMs: number): Paced {
    this.#forgetLossesBut(new Set(changes.map(changeKey)))
    const now: Change[] = []
    const lost: Change[] = []
    const fights: Change[] = []
    let laterAtMs = Number.POSITIVE_INFINITY
    for (const change of changes) {
      const key = changeKey(change)
      const restoring = !isDeletion(change)
      const loss = restoring && this.#known.has(key) ? this.#lossOf(key, nowMs) : null
      if (loss !== null && !loss.reported) {
        loss.reported = true
        lost.push(change)
        if (loss.timesMs.length > maxPerMinute) fights.push(change)
      }
      const readyAtMs = loss === null ? nowMs : this.#readyAtMs(loss)
      if (nowMs < readyAtMs) {
        laterAtMs = Math.min(laterAtMs, readyAtMs)
        continue
      }
      now.push(change)
      if (restoring) this.#made.add(key)
    }
    return { now, laterAtMs, lost, fights }
  }

  /**
   * Whether it may be put back out of turn, where that could save a way. What another program keeps
   * deleting is gone again at once: it may as seldom as in its turn.
   */
  mayHurry(change: Change, nowMs: number): boolean {
    const loss = this.#losses.get(changeKey(change))
    const recent = loss?.timesMs.filter((time) => nowMs - time < minuteMs) ?? []
    if (loss === undefined || recent.length <= maxPerMinute) return true
    if (nowMs - loss.hurriedMs < fightPauseMs) return false
    loss.hurriedMs = nowMs
    return true
  }

  /** The kernel refused to make this object: it is neither there nor lost. */
  refused(key: string): void {
    this.#made.delete(key)
  }

  /** After a pass: `standing` was just read back, `desired` is all that is to stand. */
  stands(standing: ReadonlySet<string>, desired: ReadonlySet<string>): void {
    const known = [...this.#known, ...this.#made, ...standing]
    this.#known = new Set(known.filter((key) => desired.has(key)))
    for (const [key, loss] of this.#losses) {
      if (standing.has(key) || this.#made.has(key)) loss.sinceMs = null
    }
    this.#made.clear()
  }

  /** What isn't missing now, or isn't wanted, has no loss under way. */
  #forgetLossesBut(missing: ReadonlySet<string>): void {
    for (const [key, loss] of this.#losses) {
      if (!missing.has(key)) loss.sinceMs = null
    }
  }

  #lossOf(key: string, nowMs: number): Loss {
    const loss = this.#losses.get(key) ?? newLoss()
    if (loss.sinceMs === null) {
      loss.sinceMs = nowMs
      loss.reported = false
      loss.timesMs = [...loss.timesMs.filter((time) => nowMs - time < minuteMs), nowMs]
    }
    this.#losses.set(key, loss)
    const oldest = this.#losses.keys().next()
    if (this.#losses.size > maxRemembered && oldest.done !== true) {
      this.#losses.delete(oldest.value)
    }
    return loss
  }

  #readyAtMs(loss: Loss): number {
    const sinceMs = loss.sinceMs ?? 0
    if (loss.timesMs.length > maxPerMinute) return sinceMs + fightPauseMs
    return Math.min(Math.max(sinceMs, this.#lastSignMs) + quietMs, sinceMs + longestWaitMs)
  }
}

interface Loss {
  sinceMs: number | null
  timesMs: number[]
  reported: boolean
  /** When it was put back out of turn, in a fight. */
  hurriedMs: number
}

function newLoss(): Loss {
  const never = Number.NEGATIVE_INFINITY
  return { sinceMs: null, timesMs: [], reported: false, hurriedMs: never }
}

/** wg-quick's deletion loop went round twice with 4 ms, 318 times with none. */
const quietMs = 80
/** Within a second, whatever else goes on. */
const longestWaitMs = 700
const maxPerMinute = 10
const minuteMs = 60_000
const fightPauseMs = 30_000
const maxRemembered = 2048
