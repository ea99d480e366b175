/**
 * When each change is made. What is new is made at once. What was there and has been lost is put
 * back after a little quiet, so that no tool's own loop is fought stroke by stroke; an object that
 * is lost more than ten times a minute waits half a minute, and is named.
 */
import type { Change } from './change.ts'
import { changeKey } from './diff.ts'

export interface Paced {
  readonly now: readonly Change[]
  /** When the held ones may be made; infinite where none is held. */
  readonly laterAtMs: number
  /** Objects that were lost since the last call and are held or put back. */
  readonly lost: readonly Change[]
  /** Of these, the ones that somebody keeps deleting. */
  readonly fights: readonly Change[]
}

export class Pacing {
  /** Objects that were seen standing in the kernel. */
  #standing = new Set<string>()
  readonly #losses = new Map<string, Loss>()
  #lastSignMs = Number.NEGATIVE_INFINITY

  /** The kernel told of a change by somebody. */
  sign(nowMs: number): void {
    this.#lastSignMs = nowMs
  }

  /** `standing`: the keys of all desired objects that stand in the kernel now. */
  pace(changes: readonly Change[], nowMs: number): Paced {
    const now: Change[] = []
    const lost: Change[] = []
    const fights: Change[] = []
    let laterAtMs = Number.POSITIVE_INFINITY
    for (const change of changes) {
      const key = changeKey(change)
      if (!isRestoring(change) || !this.#isLost(key)) {
        now.push(change)
        continue
      }
      const loss = this.#lossOf(key, nowMs)
      if (!loss.told) {
        loss.told = true
        lost.push(change)
        if (loss.timesMs.length > maxPerMinute) fights.push(change)
      }
      const readyAtMs = this.#readyAtMs(loss)
      if (nowMs >= readyAtMs) now.push(change)
      else laterAtMs = Math.min(laterAtMs, readyAtMs)
    }
    return { now, laterAtMs, lost, fights }
  }

  /** These objects were just read back as standing: their next absence is a loss. */
  stands(keys: ReadonlySet<string>): void {
    this.#standing = new Set(keys)
    for (const [key, loss] of this.#losses) {
      if (keys.has(key)) loss.sinceMs = null
    }
  }

  /** It stood, or its loss has been seen and it was not read back as standing since. */
  #isLost(key: string): boolean {
    const pending = this.#losses.get(key)?.sinceMs ?? null
    return pending !== null || this.#standing.has(key)
  }

  #lossOf(key: string, nowMs: number): Loss {
    const loss = this.#losses.get(key) ?? { sinceMs: null, timesMs: [], told: false }
    if (loss.sinceMs === null) {
      loss.sinceMs = nowMs
      loss.told = false
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
  told: boolean
}

function isRestoring(change: Change): boolean {
  return (
    change.kind === 'add_rule' || change.kind === 'replace_route' || change.kind === 'replace_nft'
  )
}

/** wg-quick's deletion loop went round twice with 4 ms, 318 times with none. */
const quietMs = 80
/** Within a second, whatever else goes on. */
const longestWaitMs = 700
const maxPerMinute = 10
const minuteMs = 60_000
const fightPauseMs = 30_000
const maxRemembered = 2048
