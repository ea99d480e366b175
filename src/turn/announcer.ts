/**
 * What users hear of: a log line and an event for each change, and when the snapshot is due. What
 * was reported last is the difference that the next report is made of.
 */
import { eventsBetween, type Moment } from '../decision/changes.ts'
import { families } from '../model/address.ts'
import type { Log } from '../model/log.ts'
import type { Settings } from '../model/settings/settings.ts'
import { describeIpv6Changes, sickIpv6 } from '../report/ipv6-phrases.ts'
import { describeEvent } from '../report/phrases.ts'
import type { Now } from './concern.ts'
import type { Errand } from './errand.ts'

export interface ReportTimes extends Now {
  /** From the decision to the verified rules; null where nothing was switched. */
  readonly switchMs: number | null
}

export class Announcer {
  readonly #order: readonly string[]
  readonly #log: Log
  #reported: Moment
  #publishAtMs = 0
  #publishedProblems: readonly string[] = []

  constructor(settings: Settings, log: Log, moment: Moment) {
    this.#order = settings.wans.map(({ name }) => name)
    this.#log = log
    this.#reported = moment
  }

  /** What was reported last. */
  get reported(): Moment {
    return this.#reported
  }

  /** When to publish the figures again. */
  get wakeAtMs(): number {
    return this.#publishAtMs
  }

  /** There is news beside healths and decision: the snapshot is due at once. */
  hurry(nowMs: number): void {
    this.#publishAtMs = nowMs
  }

  /** Reports what has changed since the last time. */
  report(moment: Moment, { nowMs, wallMs, switchMs }: ReportTimes): Errand[] {
    const found = eventsBetween(this.#reported, moment, { order: this.#order, nowMs })
    if (found.length > 0 || isNews(this.#reported, moment)) this.#publishAtMs = nowMs
    const ofIpv6 = describeIpv6Changes(this.#reported, moment, this.#order)
    for (const { level, text } of ofIpv6) this.#log[level](text)
    this.#reported = moment
    const at = new Date(wallMs).toISOString()
    return found.map((event) => {
      const moves = event.event_type === 'failover' || event.event_type === 'failback'
      const switch_ms = moves ? switchMs : null
      const { level, text } = describeEvent(event, switch_ms)
      this.#log[level](text)
      return { kind: 'announce', event: { ...event, switch_ms, at } }
    })
  }

  /** Whether to publish the snapshot now: it is time, or a problem is new. */
  isDue(problems: readonly string[], nowMs: number): boolean {
    if (nowMs < this.#publishAtMs && areSame(problems, this.#publishedProblems)) return false
    this.#publishAtMs = nowMs + publishEveryMs
    this.#publishedProblems = problems
    return true
  }
}

/** The WANs that are down or degraded, a sentence each. */
export function sickWans(moment: Moment): string[] {
  const sick = [...moment.healths.ipv4]
    .filter(([, { state }]) => state === 'down' || state === 'degraded')
    .map(([wan, { state, reason }]) => `${wan} is ${state}: ${reason}`)
  return [...sick, ...sickIpv6(moment)]
}

/** States and reasons are published at once; figures may wait. */
function isNews(before: Moment, after: Moment): boolean {
  const isSame = before.healths === after.healths && before.decision === after.decision
  return !isSame && essence(before) !== essence(after)
}

function essence({ healths, decision }: Moment): string {
  return JSON.stringify([
    families.map((family) =>
      [...healths[family]].map(([name, { state, reason }]) => [
        name,
        state,
        withoutFigures(reason),
      ]),
    ),
    [...decision.policies].map(([name, { ipv4, ipv6 }]) => [
      ...[name, ipv4.wan, withoutFigures(ipv4.reason)],
      ...[ipv6.wan, withoutFigures(ipv6.reason)],
    ]),
    decision.mode,
    decision.test,
  ])
}

function areSame(problems: readonly string[], published: readonly string[]): boolean {
  const bare = (texts: readonly string[]) => texts.map(withoutFigures).join('\n')
  return bare(problems) === bare(published)
}

/** A loss of 31 % that was 30 % is no news: every probe would publish it. */
function withoutFigures(text: string): string {
  return text.replaceAll(/\d+ (?=%|ms)/g, '')
}

/** Latency and bytes need no faster pace in Home Assistant. */
const publishEveryMs = 10_000
