/**
 * The other box of a pair: says how fit this one is to serve the house, has the shared address kept
 * accordingly, and tells of each change. The loop shows twice a second that it turns.
 */
import type { DaemonEvent } from '../../model/event.ts'
import type { Log } from '../../model/log.ts'
import type { PairNews, PairOrder, PairPlace, PairRole } from '../../model/pair.ts'
import type { PairSnapshot } from '../../model/published/snapshot.ts'
import type { PairSettings } from '../../model/settings/settings.ts'
import { pairPlace } from '../../network/pair/pair-place.ts'
import { describeEvent } from '../../report/phrases.ts'
import type { Concern, Decided, Figures, Now } from '../concern.ts'
import type { Errand } from '../errand.ts'
import { describeFitness, type Fitness, fitnessOf, priorityOf } from '../pair/fitness.ts'
import type { OtherBox } from '../pair/other-box.ts'

export class Pair implements Concern {
  readonly #pair: PairSettings
  readonly #other: OtherBox
  readonly #log: Log
  #startedAtMs: number | null = null
  #hasStood = false
  #isResting = false
  #fitness: Fitness = 'beginning'
  #role: PairRole | null = null
  /** Since 1970. */
  #roleSinceMs: number | null = null
  /** By the monotonic clock. */
  #roleAtMs = Number.NEGATIVE_INFINITY
  /** Until then it gives way at once, whatever the other box is like. */
  #yieldsUntilMs = Number.NEGATIVE_INFINITY
  #isServingTold = false
  #place: PairPlace | null = null
  #ordered = ''
  #beatAtMs = Number.NEGATIVE_INFINITY
  #placeProblem: string | null = null
  #keeperProblem: string | null = null
  #published = ''

  constructor(pair: PairSettings, other: OtherBox, log: Log) {
    this.#pair = pair
    this.#other = other
    this.#log = log
  }

  wakeAtMs(): number {
    return this.#beatAtMs
  }

  take(event: DaemonEvent, now: Now): boolean {
    if (event.kind === 'command' && event.command.kind === 'set_rest') {
      this.#isResting = event.command.on
      return true
    }
    if (event.kind === 'other_box') this.#other.take(event, now)
    if (event.kind === 'pair') this.#take(event.news, now)
    return event.kind === 'pair'
  }

  afterwards(done: Decided, stands: boolean): readonly Errand[] {
    const before = this.#fitness
    this.#judge(done, stands)
    this.#yields(before, done.nowMs)
    this.#find(done)
    this.#other.look(done)
    return [...this.#order(done), ...this.#news(done)]
  }

  problems(): readonly string[] {
    const { address } = this.#pair
    const cut =
      this.#role === 'cut'
        ? [`the pair: ${this.#place?.link} has no carrier, ${address} is not here`]
        : []
    const own = [this.#placeProblem, this.#keeperProblem, ...cut]
    return [...own.filter((problem) => problem !== null), ...this.#other.problems()]
  }

  advice(): readonly string[] {
    return this.#other.advice()
  }

  figures(): Figures {
    const { address, role } = this.#pair
    const since = this.#roleSinceMs
    const pair: PairSnapshot = {
      state: this.#role ?? 'apart',
      since: since === null ? null : new Date(since).toISOString(),
      address,
      role,
      resting: this.#isResting,
      reason: this.#reason(),
      other: this.#other.snapshot(),
    }
    return { pair }
  }

  hasNews(): boolean {
    const published = JSON.stringify(this.figures())
    const isNews = published !== this.#published
    this.#published = published
    return isNews
  }

  #take(news: PairNews, { nowMs, wallMs }: Now): void {
    if (news.kind === 'problem') {
      this.#keeperProblem = news.problem
      return
    }
    // keepalived gives way at once as if its link were cut.
    const isYielding = news.role === 'cut' && nowMs < this.#yieldsUntilMs
    const role = isYielding ? 'standby' : news.role
    if (role === this.#role) return
    this.#role = role
    this.#roleSinceMs = wallMs
    this.#roleAtMs = nowMs
  }

  #judge({ healths, active, moving, nowMs }: Decided, stands: boolean): void {
    this.#startedAtMs ??= nowMs
    this.#hasStood ||= active && stands && !moving
    const fitness = fitnessOf({
      healths: healths.ipv4,
      isResting: this.#isResting,
      hasStood: this.#hasStood,
      ranMs: nowMs - this.#startedAtMs,
      before: this.#fitness,
    })
    if (fitness !== this.#fitness) this.#log.info(`the pair: ${describeFitness(fitness)}`)
    this.#fitness = fitness
  }

  /**
   * A box that loses its last line waits for nobody: the other one may have a living line. One that
   * has just taken over stays, or two boxes without any would hand the house to and fro.
   */
  #yields(before: Fitness, nowMs: number): void {
    if (this.#fitness === before || this.#fitness !== 'without_internet') return
    if (this.#role !== 'serving' || nowMs - this.#roleAtMs < settledMs) return
    this.#yieldsUntilMs = nowMs + beatEveryMs
  }

  /** Once found it is kept: an address that is gone for a moment is no reason to leave. */
  #find({ host }: Decided): void {
    if (host === null) return
    const found = pairPlace(this.#pair, host)
    const problem = found.kind === 'missing' ? `the pair: ${found.problem}` : null
    if (problem !== null && problem !== this.#placeProblem) this.#log.warn(problem)
    this.#placeProblem = problem
    if (found.kind === 'found') this.#place = found.place
  }

  #order({ nowMs }: Decided): readonly Errand[] {
    const place = this.#place
    if (place === null) {
      this.#beatAtMs = nowMs + beatEveryMs
      return []
    }
    const isServing = this.#role === 'serving'
    const usual = priorityOf(this.#fitness, { role: this.#pair.role, isServing })
    const priority = nowMs < this.#yieldsUntilMs ? 0 : usual
    const order: PairOrder = { place, priority }
    const text = JSON.stringify(order)
    if (text === this.#ordered && nowMs < this.#beatAtMs) return []
    this.#ordered = text
    this.#beatAtMs = nowMs + beatEveryMs
    return [{ kind: 'keep_pair', order }]
  }

  #news({ wallMs }: Decided): readonly Errand[] {
    const isServing = this.#role === 'serving'
    if (isServing === this.#isServingTold) return []
    this.#isServingTold = isServing
    const about = { from: null, to: null, wan: null, detect_ms: null, switch_ms: null }
    const event_type = isServing ? ('took_over' as const) : ('gave_way' as const)
    const event = { event_type, ...about, reason: this.#reason() }
    const { level, text } = describeEvent(event, null)
    this.#log[level](text)
    return [{ kind: 'announce', event: { ...event, at: new Date(wallMs).toISOString() } }]
  }

  #reason(): string {
    const { address } = this.#pair
    switch (this.#role) {
      case 'serving':
        return `${address} is on this box; ${describeFitness(this.#fitness)}`
      case 'standby':
        return `${address} is on the other box; ${describeFitness(this.#fitness)}`
      case 'cut':
        return `${this.#place?.link} has no carrier`
      case null:
        return this.#placeProblem ?? this.#keeperProblem ?? "this box doesn't take part yet"
    }
  }
}

/** keepalived's watcher takes us for hung after two and a half seconds without. */
const beatEveryMs = 500
/** By then the other box has judged its lines as well, where both have lost the same ones. */
const settledMs = 1_500
