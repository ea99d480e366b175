/**
 * Takes part in a pair by keepalived, a child that ends with us: it speaks VRRP, takes the shared
 * address and gives it back. Who should serve is decided elsewhere; it is told by a number in a
 * file. A second child watches whether our loop turns, for nobody who hangs can say so.
 *
 * It must never leave the address behind: two boxes that answer for it are worse than none.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { messageOf } from '../model/caught-error.ts'
import type { Log } from '../model/log.ts'
import type { PairOrder, PairPlace, PairRole } from '../model/pair.ts'
import { keepalivedConfig, pairFiles, wishFor } from '../network/pair/keepalived-config.ts'
import { asAsked, KeepalivedChild } from './keepalived-child.ts'
import { lacking } from './lacking-programs.ts'
import { makeOwnFolder, noteTaken, takeAwayLeftovers } from './leftovers.ts'
import type { PairKeeper, PairListener } from './port.ts'

export interface KeepalivedOptions {
  /** Ours alone, and gone with the machine's memory. */
  readonly folder: string
  readonly log: Log
  /** Who has the address and isn't the other box, a sentence; null: nobody. Left out: not asked. */
  readonly whoElseHas?: (place: PairPlace) => Promise<string | null>
  /** What keeps it from taking part may be gone by then; half a minute if left out. */
  readonly askAgainMs?: number
}

export class Keepalived implements PairKeeper {
  readonly #options: KeepalivedOptions
  readonly #files: ReturnType<typeof pairFiles>
  #place: PairPlace | null = null
  #child: KeepalivedChild | null = null
  #wish: number | null = null
  #pauseMs = firstPauseMs
  #mayStartAtMs = Number.NEGATIVE_INFINITY
  /** The place whose address nobody else had when it was first to be taken. */
  #free: PairPlace | null = null
  /** It asks who has the address, or takes away what a keepalived has left: no other may start. */
  #isBusy = false
  #role: PairRole | null = null
  #problem: string | null = null
  #listener: PairListener = () => undefined
  #left: Promise<void> | null = null
  #onHandedOver: () => void = () => undefined

  constructor(options: KeepalivedOptions) {
    this.#options = options
    this.#files = pairFiles(options.folder)
  }

  attend(listener: PairListener): void {
    this.#listener = listener
    listener({ kind: 'role', role: this.#role })
    listener({ kind: 'problem', problem: this.#problem })
  }

  keep({ place, priority }: PairOrder): void {
    if (this.#left !== null) return
    if (this.#child !== null && !isSame(place, this.#place)) {
      void this.#child.end()
      return
    }
    const isDue = this.#child === null && performance.now() >= this.#mayStartAtMs
    if (this.#child === null && (!isDue || this.#isBusy)) return
    const { whoElseHas } = this.#options
    if (isDue && whoElseHas !== undefined && !isSame(place, this.#free)) {
      this.#ask(place, whoElseHas)
      return
    }
    try {
      if (isDue) makeOwnFolder(this.#options.folder)
      this.#beat()
      this.#tell(priority)
      if (isDue) this.#start(place)
    } catch (error) {
      this.#fail(`can't write to ${this.#options.folder}: ${messageOf(error)}`)
    }
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave().finally(() => {
      this.#left = null
    })
    return this.#left
  }

  async #leave(): Promise<void> {
    if (this.#child !== null && this.#role === 'serving') await this.#handOver(this.#child)
    await this.#child?.end()
    await takeAwayLeftovers(this.#options.folder, this.#options.log)
  }

  /** Two who answer for one address are worse than a pair that waits. */
  #ask(place: PairPlace, whoElseHas: NonNullable<KeepalivedOptions['whoElseHas']>): void {
    this.#isBusy = true
    const { log } = this.#options
    whoElseHas(place)
      .catch((error: unknown) => {
        log.warn(`can't ask who has the pair's address: ${messageOf(error)}`)
        return null
      })
      .then((somebody) => {
        this.#isBusy = false
        if (somebody === null) this.#free = place
        else this.#fail(somebody)
      })
      .catch((error: unknown) => log.error(messageOf(error)))
  }

  /**
   * The other box takes the address before this one gives it back, so that there is always somebody
   * who answers for it. Resolves when it has, or when it isn't there to do so.
   */
  async #handOver(child: KeepalivedChild): Promise<void> {
    try {
      this.#tell(lowestPriority)
    } catch (error) {
      this.#options.log.warn(`can't let the other box serve first: ${messageOf(error)}`)
      return
    }
    const advertMs = this.#place?.advertMs ?? 0
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, advertsToHandOver * advertMs)
      this.#onHandedOver = () => {
        clearTimeout(timer)
        resolve()
      }
      void child.ended.then(this.#onHandedOver)
    })
    this.#onHandedOver = () => undefined
  }

  #beat(): void {
    writeOwn(this.#files.beat, Math.floor(uptime() * 100))
  }

  #tell(priority: number): void {
    const wish = wishFor(priority)
    if (wish === this.#wish) return
    writeOwn(this.#files.wish, wish)
    this.#wish = wish
  }

  #start(place: PairPlace): void {
    const missing = lacking()
    if (missing !== null) {
      this.#fail(missing)
      return
    }
    const { folder, log } = this.#options
    writeOwn(this.#files.watch, 0)
    writeOwn(this.#files.config, keepalivedConfig(place, folder))
    rmSync(this.#files.notify, { force: true })
    noteTaken(folder, place)
    this.#place = place
    const startedAtMs = performance.now()
    this.#child = new KeepalivedChild({
      ...{ folder, log },
      onRole: (role) => this.#takeRole(role),
      onEnd: (why) => this.#ended(why, startedAtMs),
    })
    this.#solve()
  }

  #ended(why: string, startedAtMs: number): void {
    this.#child = null
    this.#wish = null
    this.#takeRole(null)
    if (this.#left !== null) return
    if (performance.now() - startedAtMs > healthyMs) this.#pauseMs = firstPauseMs
    this.#mayStartAtMs = performance.now() + this.#pauseMs
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs)
    if (why === asAsked) return
    this.#report(`keepalived ended (${why}); it starts again`)
    this.#takeAwayLeftovers()
  }

  /** The other box takes the address now: nobody may answer for it here until keepalived is back. */
  #takeAwayLeftovers(): void {
    const { folder, log } = this.#options
    this.#isBusy = true
    takeAwayLeftovers(folder, log)
      .catch((error: unknown) => log.error(messageOf(error)))
      .finally(() => {
        this.#isBusy = false
      })
  }

  #takeRole(role: PairRole | null): void {
    this.#role = role
    if (role !== 'serving') this.#onHandedOver()
    this.#listener({ kind: 'role', role })
  }

  #fail(problem: string): void {
    const { askAgainMs = longestPauseMs } = this.#options
    this.#mayStartAtMs = performance.now() + askAgainMs
    this.#report(problem)
  }

  #report(problem: string): void {
    if (problem !== this.#problem) this.#options.log.warn(problem)
    this.#problem = problem
    this.#listener({ kind: 'problem', problem })
  }

  #solve(): void {
    if (this.#problem === null) return
    this.#problem = null
    this.#listener({ kind: 'problem', problem: null })
  }
}

function isSame(place: PairPlace, other: PairPlace | null): boolean {
  return JSON.stringify(place) === JSON.stringify(other)
}

function writeOwn(path: string, content: string | number): void {
  writeFileSync(path, `${content}\n`, { mode: 0o600 })
}

const lowestPriority = 1
/** After three without a word of higher priority the other one takes over; two for a busy machine. */
const advertsToHandOver = 5
const firstPauseMs = 500
const longestPauseMs = 30_000
/** One that ran this long was healthy: the next pause is the first again. */
const healthyMs = 10_000
