import { happenings, type Moment } from '../decision/changes.ts'
import { wansInUse } from '../decision/decide.ts'
import type { Audience } from '../model/audience.ts'
import type { Decision } from '../model/decision.ts'
import type { Capabilities } from '../model/host.ts'
import type { Log } from '../model/log.ts'
import type { Settings } from '../model/settings.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { describeHappening } from '../report/phrases.ts'
import { composeSnapshot } from '../report/snapshot.ts'
import type { Clock } from './clock.ts'
import type { Meter } from './meter.ts'
import type { WanBoard } from './wan-board.ts'
import type { WanFigures } from './wan-figures.ts'

export interface AnnouncerParts {
  readonly settings: Settings
  readonly version: string
  readonly clock: Clock
  readonly audience: Audience
  readonly log: Log
  readonly board: WanBoard
  readonly figures: WanFigures
  readonly meter: Meter
}

/** What is published beside healths and decision. */
export interface Circumstances {
  readonly capabilities: Capabilities
  /** Why nothing is set up; empty where all is. */
  readonly observing: readonly string[]
  /** Besides sick WANs: what needs the user's attention. */
  readonly problems: readonly string[]
}

/** Logs and announces each change, and publishes the snapshot when there is news. */
export class Announcer {
  readonly #parts: AnnouncerParts
  /** What was announced last: the next events are the difference to it. */
  #told: Moment
  #publishAtMs = 0
  #snapshot: Snapshot | null = null

  constructor(parts: AnnouncerParts, decision: Decision) {
    this.#parts = parts
    this.#told = { healths: parts.board.healths(parts.clock.nowMs()), decision }
  }

  /** The newest published state; null before the first one. */
  get snapshot(): Snapshot | null {
    return this.#snapshot
  }

  get told(): Moment {
    return this.#told
  }

  /** When the figures are to be published again. */
  get wakeAtMs(): number {
    return this.#publishAtMs
  }

  /** There is news beside healths and decision: the next `publish` does so at once. */
  hurry(): void {
    this.#publishAtMs = this.#parts.clock.nowMs()
  }

  /** Announces what has happened since the last time. */
  tell(moment: Moment, { nowMs, switchMs }: { nowMs: number; switchMs: number | null }): void {
    const { settings, clock, audience, log } = this.#parts
    const order = settings.wans.map(({ name }) => name)
    const found = happenings(this.#told, moment, { order, nowMs })
    if (found.length > 0 || isNews(this.#told, moment)) this.#publishAtMs = nowMs
    this.#told = moment
    for (const happening of found) {
      const moves = happening.event_type === 'failover' || happening.event_type === 'failback'
      const switch_ms = moves ? switchMs : null
      const { level, text } = describeHappening(happening, switch_ms)
      log[level](text)
      const at = new Date(clock.wallMs()).toISOString()
      audience.announce({ ...happening, switch_ms, at })
    }
  }

  /** Publishes the snapshot if it is time or a problem is new, as of the last announcement. */
  async publish({ capabilities, observing, problems }: Circumstances): Promise<void> {
    const { clock, audience, version, board, figures, meter } = this.#parts
    const nowMs = clock.nowMs()
    const { decision, healths } = this.#told
    const all = [...observing.map(observed), ...sickWans(this.#told), ...problems]
    const sameProblems = areSame(all, this.#snapshot?.problems ?? [])
    if (nowMs < this.#publishAtMs && sameProblems) return
    this.#publishAtMs = nowMs + publishEveryMs
    if (observing.length === 0) figures.askAddresses(healths, wansInUse(decision))
    await figures.countBytes(board.uplinks)
    this.#snapshot = composeSnapshot({
      version,
      decision,
      observing,
      healths: board.healths(nowMs),
      uplinks: board.uplinks,
      publicAddresses: figures.publicAddresses,
      bytes: figures.bytes,
      metered: meter.figures(),
      capabilities,
      problems: all,
      nowMs,
      wallMs: clock.wallMs(),
    })
    audience.publish(this.#snapshot)
  }
}

function sickWans({ healths }: Moment): string[] {
  return [...healths]
    .filter(([, { state }]) => state === 'down' || state === 'degraded')
    .map(([wan, { state, reason }]) => `${wan} is ${state}: ${reason}`)
}

function observed(reason: string): string {
  return `observing only: ${reason}`
}

/** States and reasons are published at once; figures may wait. */
function isNews(before: Moment, after: Moment): boolean {
  const essence = ({ healths, decision }: Moment) =>
    JSON.stringify([
      [...healths].map(([name, { state, reason }]) => [name, state, withoutFigures(reason)]),
      [...decision.policies].map(([name, { wan, reason }]) => [name, wan, withoutFigures(reason)]),
      decision.mode,
      decision.test,
    ])
  return essence(before) !== essence(after)
}

function areSame(problems: readonly string[], published: readonly string[]): boolean {
  const essence = (texts: readonly string[]) => texts.map(withoutFigures).join('\n')
  return essence(problems) === essence(published)
}

/** A loss of 31 % that was 30 % is no news: it would be published with every probe. */
function withoutFigures(text: string): string {
  return text.replaceAll(/\d+ (?=%|ms)/g, '')
}

/** Latency and bytes need no faster pace in Home Assistant. */
const publishEveryMs = 10_000
