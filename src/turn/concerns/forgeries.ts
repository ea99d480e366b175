/**
 * Names whoever forges answers to our probes: they don't count, but the user should know. Single
 * ones are nobody's fault (a sloppy server, another program's pings), so it takes many in a minute.
 * However many there are, a WAN has a line in the log when it begins and one when it has ended.
 */
import type { DaemonEvent } from '../../model/event.ts'
import type { Log } from '../../model/log.ts'
import type { ForgedAnswers } from '../../model/probe.ts'
import type { Settings } from '../../model/settings/settings.ts'
import type { Concern, Decided, Seen } from '../concern.ts'

export class Forgeries implements Concern {
  readonly #names: readonly string[]
  readonly #log: Log
  /** By the position of its WAN. */
  readonly #cases = new Map<number, Case>()

  constructor(settings: Settings, log: Log) {
    this.#names = settings.wans.map(({ name }) => name)
    this.#log = log
  }

  take(event: DaemonEvent, { nowMs }: Seen): boolean {
    if (event.kind !== 'forged_answers') return false
    const { wan, target } = event.forged
    const found = this.#cases.get(wan) ?? newCase(target, nowMs)
    this.#cases.set(wan, found)
    if (nowMs - found.sinceMs >= windowMs) rollOver(found, nowMs)
    found.counts[event.forged.by] += event.forged.count
    found.target = target
    found.lastMs = nowMs
    if (found.problem !== null || !isMuch(found.counts)) return false
    found.problem = this.#describe(wan, found)
    this.#log.warn(found.problem)
    return true
  }

  afterwards({ nowMs }: Decided): [] {
    for (const [wan, found] of this.#cases) {
      if (nowMs - found.lastMs < quietMs) continue
      this.#cases.delete(wan)
      if (found.problem === null) continue
      const minutes = quietMs / 60_000
      this.#log.info(
        `nobody has forged answers to the probes of ${this.#nameOf(wan)} for ${minutes} minutes; ` +
          `there were about ${rounded(found.total + sum(found.counts))}`,
      )
    }
    return []
  }

  wakeAtMs(): number {
    return Math.min(...[...this.#cases.values()].map(({ lastMs }) => lastMs + quietMs))
  }

  problems(): readonly string[] {
    return [...this.#cases.values()].flatMap(({ problem }) => problem ?? [])
  }

  #describe(wan: number, { counts, target }: Case): string {
    const kinds = (['icmp', 'dns'] as const).filter((by) => counts[by] >= muchPerMinute[by])
    const what = kinds.map((by) => words[by]).join(' and ')
    return (
      `somebody on the LAN forges answers to ${this.#nameOf(wan)}'s probes (about ` +
      `${rounded(sum(counts))} within a minute: ${what} in the name of ${target}); ` +
      "they don't count, but the machine that sends them should be found"
    )
  }

  #nameOf(wan: number): string {
    return this.#names[wan] ?? String(wan)
  }
}

type Counts = Record<ForgedAnswers['by'], number>

interface Case {
  /** When this minute's counting began. */
  sinceMs: number
  counts: Counts
  /** Of the minutes before. */
  total: number
  lastMs: number
  target: string
  /** As it was named; null until there are many. */
  problem: string | null
}

function newCase(target: string, nowMs: number): Case {
  const counts = { icmp: 0, dns: 0 }
  return { sinceMs: nowMs, counts, total: 0, lastMs: nowMs, target, problem: null }
}

function rollOver(found: Case, nowMs: number): void {
  found.total += sum(found.counts)
  found.counts = { icmp: 0, dns: 0 }
  found.sinceMs = nowMs
}

function isMuch(counts: Counts): boolean {
  return counts.icmp >= muchPerMinute.icmp || counts.dns >= muchPerMinute.dns
}

function sum({ icmp, dns }: Counts): number {
  return icmp + dns
}

/** Two digits: the number is an estimate. */
function rounded(count: number): string {
  return Number(count.toPrecision(2)).toLocaleString('en')
}

const words: Readonly<Record<ForgedAnswers['by'], string>> = {
  icmp: 'replies to pings and ICMP errors',
  dns: 'DNS answers',
}
const windowMs = 60_000
/** As long as a forger who pauses is still the same one. */
const quietMs = 300_000
/**
 * Nothing but forgery sends DNS answers to an open question's port. Pings may be answers to another
 * program's: `ping` and `mtr` to a target, by someone who looks for a fault, stay below 900 a minute.
 */
const muchPerMinute: Readonly<Counts> = { icmp: 1500, dns: 60 }
