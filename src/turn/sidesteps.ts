/**
 * Sidesteps: while the WAN in use is under suspicion, new connections take the next one. It gives the
 * turn the decision that rules and nft are made of, keeps what began meanwhile where it began, and
 * counts. It must never touch what is decided: no event, no hold-down, nothing that users hear of but
 * a figure.
 */
import { rank } from '../decision/rank.ts'
import { type Detour, type Sidestep, sidestep, suspects } from '../decision/sidestep.ts'
import { type ByFamily, byFamily, type Family, families } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import type { Healths } from '../model/health.ts'
import type { Log } from '../model/log.ts'
import { wanMark } from '../model/marks.ts'
import type { Settings } from '../model/settings/settings.ts'
import { hasWay } from '../model/uplink.ts'
import type { Concern, Decided, Figures, Routing } from './concern.ts'
import type { Errand } from './errand.ts'

/** A turn, as far as it is decided. */
export type SidestepMoment = Omit<Decided, 'routing'>

export class Sidesteps implements Concern {
  readonly #settings: Settings
  readonly #log: Log
  #routed: Decision | null = null
  #detours: readonly Detour[] = []
  /** Of each family, the WANs whose flows are held, and until when. */
  #avoided: ByFamily<ReadonlyMap<string, number>> = byFamily(() => new Map())
  #taken: ByFamily<readonly string[]> = byFamily(() => [])
  /** Avoided, and the plan hasn't stood since: what has had no answer there is still to begin anew. */
  #fresh: readonly string[] = []
  #suspects: readonly string[] = []
  #count = 0
  /** By WAN, when the newest sidesteps began. */
  readonly #begunMs = new Map<string, readonly number[]>()
  #isNews = false
  #newsAtMs = Number.NEGATIVE_INFINITY
  #nowMs = 0

  constructor(settings: Settings, log: Log) {
    this.#settings = settings
    this.#log = log
  }

  /** What the plan of this turn is made of; `capped` are the WANs whose cap is reached. */
  step(moment: SidestepMoment, capped: ReadonlySet<string>): Routing {
    const { decision, nowMs } = moment
    this.#nowMs = nowMs
    this.#noteSuspects(moment.healths)
    const { routed, detours } = this.#isPossible(moment)
      ? this.#sidestep(moment, capped)
      : { routed: decision, detours: [] }
    this.#begin(detours)
    this.#hold(detours, moment)
    this.#routed = routed
    this.#detours = detours
    return { routed, detours, flows: this.#flows(decision) }
  }

  wakeAtMs(): number {
    const held = families.flatMap((family) => [...this.#avoided[family].values()])
    const ends = held.filter((untilMs) => untilMs > this.#nowMs)
    return Math.min(...ends, this.#isNews ? this.#newsAtMs : Number.POSITIVE_INFINITY)
  }

  afterwards({ uplinks, active }: Decided, stands: boolean): readonly Errand[] {
    if (!active || !stands || this.#fresh.length === 0) return []
    const wans = this.#fresh
    this.#fresh = []
    return uplinks
      .filter(({ name }) => wans.includes(name))
      .map(({ name: wan, index }) => ({
        kind: 'forget_unanswered',
        mark: wanMark(index),
        families: families.filter((family) => this.#isAvoided(wan, family)),
      }))
  }

  figures(): Figures {
    return { suspect: this.#suspects, sidesteps: this.#count }
  }

  /** A line that stutters would publish at each silence. */
  hasNews(): boolean {
    if (!this.#isNews || this.#nowMs < this.#newsAtMs) return false
    this.#isNews = false
    this.#newsAtMs = this.#nowMs + newsEveryMs
    return true
  }

  /** What runs stays only where connections can be marked. */
  #isPossible({ active, capabilities }: SidestepMoment): boolean {
    return active && this.#settings.sidestep !== 'off' && capabilities.nft && capabilities.ctMark
  }

  #sidestep(moment: SidestepMoment, capped: ReadonlySet<string>): Sidestep {
    const { decision, healths, uplinks, nowMs } = moment
    const isSpent = (begunMs: readonly number[]) =>
      begunMs.filter((atMs) => nowMs - atMs < minuteMs).length >= mostPerMinute
    const spent = [...this.#begunMs].filter(([, begunMs]) => isSpent(begunMs))
    const patient = spent.map(([wan]) => wan).filter((wan) => !this.#isAvoided(wan))
    const ways = byFamily((family) => {
      const there = uplinks.filter((uplink) => hasWay(uplink, family))
      return new Set(there.map(({ name }) => name))
    })
    const settings = this.#settings
    const before = this.#routed
    return sidestep({
      ...{ settings, decision, healths, ways, capped, before },
      patient: new Set(patient),
    })
  }

  #isAvoided(wan: string, family?: Family): boolean {
    return this.#detours.some(
      (one) => one.avoids === wan && (family === undefined || one.family === family),
    )
  }

  #noteSuspects(healths: Healths): void {
    const now = new Set(families.flatMap((family) => suspects(healths[family])))
    if (now.size === this.#suspects.length && this.#suspects.every((wan) => now.has(wan))) return
    this.#suspects = [...now]
    this.#isNews = true
  }

  #begin(detours: readonly Detour[]): void {
    const avoided = new Set(detours.map(({ avoids }) => avoids))
    this.#fresh = this.#fresh.filter((wan) => avoided.has(wan))
    for (const wan of avoided) {
      if (this.#isAvoided(wan)) continue
      const takes = detours.find(({ avoids }) => avoids === wan)?.takes
      this.#log.debug(`${wan} has fallen silent: new connections take ${takes} until it answers`)
      const before = this.#begunMs.get(wan) ?? []
      this.#begunMs.set(wan, [...before, this.#nowMs].slice(-mostPerMinute))
      this.#fresh = [...this.#fresh, wan]
      this.#count += 1
      this.#isNews = true
    }
    for (const wan of new Set(this.#detours.map(({ avoids }) => avoids))) {
      if (!avoided.has(wan)) this.#log.debug(`new connections no longer avoid ${wan}`)
    }
  }

  /** What is decided, or dies, ends what a sidestep has held. */
  #hold(detours: readonly Detour[], { moves, healths, nowMs }: SidestepMoment): void {
    const isHeld = (wan: string, family: Family) =>
      rank(healths[family].get(wan)) > 0 &&
      !moves.some((move) => move.family === family && (move.from === wan || move.to === wan))
    const own = byFamily((family) => detours.filter((one) => one.family === family))
    this.#taken = byFamily((family) => {
      const before = this.#taken[family].filter((wan) => isHeld(wan, family))
      return [...new Set([...before, ...own[family].map(({ takes }) => takes)])].sort()
    })
    this.#avoided = byFamily((family) => {
      const lately = [...this.#avoided[family]].filter(
        ([wan, untilMs]) => untilMs > nowMs && isHeld(wan, family),
      )
      const now = own[family].map(({ avoids }) => [avoids, nowMs + heldForMs] as const)
      return new Map([...lately, ...now])
    })
  }

  #flows({ policies }: Decision): Routing['flows'] {
    const avoided = byFamily((family) => [...this.#avoided[family].keys()].sort())
    const aside = byFamily(
      (family) =>
        new Map(
          [...policies].flatMap(
            ([
              name,
              {
                [family]: { wan },
              },
            ]) => (wan !== null && avoided[family].includes(wan) ? [[name, wan] as const] : []),
          ),
        ),
    )
    return { avoided, taken: this.#taken, aside }
  }
}

/** Lines that stutter do so for a while: what is held already costs no change in nft. */
const heldForMs = 10_000
/** Each flips the rules twice; a line that stutters more often has to be borne. */
const mostPerMinute = 10
const minuteMs = 60_000
const newsEveryMs = 1_000
