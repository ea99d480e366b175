/**
 * One turn of the daemon, as far as it is thinking: events and the host as it was read go in, what
 * we want of the kernel comes out; then what became of it goes in, and errands come out. It folds
 * over the concerns it is given and knows none of them. It computes and never acts: no clock, no
 * promise, no I/O; the same calls give the same results.
 */
import { decide as decideWans, type Outcome, wansInUse } from '../decision/decide.ts'
import { type ByFamily, byFamily } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import type { DaemonEvent } from '../model/event.ts'
import { type Capabilities, type HostState, nothingPossible } from '../model/host.ts'
import type { Log } from '../model/log.ts'
import type { Remembered } from '../model/memory.ts'
import type { Settings } from '../model/settings/settings.ts'
import type { Uplink } from '../model/uplink.ts'
import { reasonsToObserve } from '../network/obstacles.ts'
import { adoptedDecision } from './adopted-decision.ts'
import { Announcer } from './announcer.ts'
import type { Concern, Decided, Done, Now, Seen } from './concern.ts'
import { ConcernList } from './concern-list.ts'
import type { Errand } from './errand.ts'
import { firstDecision } from './first-decision.ts'
import type { Findings, Intent, Standing } from './intent.ts'
import { Publication } from './publication.ts'
import { Sidesteps } from './sidesteps.ts'
import { standingDecision } from './standing-decision.ts'
import { Steering } from './steering.ts'
import { WanBoard } from './wan-board.ts'
import { wishKey } from './wish-key.ts'

export interface TurnParts {
  readonly settings: Settings
  readonly version: string
  readonly concerns: readonly Concern[]
  /** What an earlier run has left. */
  readonly remembered: Remembered
  readonly log: Log
  /** Why nothing may be set up, whatever the user chooses; left out: it may. */
  readonly obstacles?: readonly string[]
  /** The WANs that answered in a round before anything changes; left out: nobody was asked. */
  readonly answered?: ReadonlySet<string>
}

export class Turn {
  readonly #settings: Settings
  readonly #log: Log
  readonly #concerns: ConcernList
  readonly #answered: ReadonlySet<string>
  readonly #board: WanBoard
  readonly #steering: Steering
  readonly #sidesteps: Sidesteps
  readonly #announcer: Announcer
  readonly #publication: Publication
  #capabilities: Capabilities = nothingPossible
  #host: HostState | null = null
  /** The host was read since the last plan, or nothing was set up until now. */
  #planDue = false
  #hurry = false
  /** What was wanted beside the decision, as it was carried out last. */
  #wishKey = ''
  #decideAtMs = Number.POSITIVE_INFINITY
  /** When we decided on a move that is still to be made; null: traffic is where it should be. */
  #movedAtMs: number | null = null
  #decided: Done | null = null
  /** Nothing but answers has come since the last turn: only a health could be news. */
  #onlyAnswers = false
  #isQuiet = false
  /** When a concern or a hold-down is due, as of the last turn that asked them. */
  #concernsAtMs = Number.NEGATIVE_INFINITY
  #commanded: readonly Errand[] = []

  constructor(parts: TurnParts, nowMs: number) {
    const { settings, version, concerns, log, answered = new Set() } = parts
    this.#answered = answered
    this.#settings = settings
    this.#log = log
    this.#sidesteps = new Sidesteps(settings, log)
    this.#concerns = new ConcernList([this.#sidesteps, ...concerns])
    this.#board = new WanBoard(settings, nowMs)
    this.#steering = new Steering(parts)
    const { decision } = this.#steering
    this.#announcer = new Announcer(settings, log, {
      healths: this.#board.healths(nowMs),
      decision,
    })
    this.#publication = new Publication({
      ...{ version, board: this.#board, steering: this.#steering },
      ...{ announcer: this.#announcer, concerns: this.#concerns },
    })
  }

  get uplinks(): readonly Uplink[] {
    return this.#board.uplinks
  }

  get decision(): Decision {
    return this.#steering.decision
  }

  get routed(): Decision {
    return this.#decided?.routing.routed ?? this.decision
  }

  get capabilities(): Capabilities {
    return this.#capabilities
  }

  /** Why nothing is set up; empty where all is. */
  get observing(): readonly string[] {
    return this.#steering.observing
  }

  /** What will go wrong one day, a sentence each. */
  get advice(): readonly string[] {
    return this.#concerns.advice()
  }

  /** When the next turn has to come, whatever happens. */
  wakeAtMs(): number {
    const probingAtMs = this.#isActive ? this.#board.wakeAtMs() : Number.POSITIVE_INFINITY
    return Math.min(this.#announcer.wakeAtMs, probingAtMs, this.#concernsAtMs)
  }

  /** Before the first turn: what stands of an earlier run is the decision before ours. */
  start({ host, capabilities }: Findings, { nowMs }: Now): readonly Errand[] {
    this.#capabilities = capabilities
    this.#publication.found(capabilities)
    this.see(host, nowMs)
    this.#steering.observe(this.#publication.tunnels)
    const standing = { settings: this.#settings, uplinks: this.#board.uplinks, host }
    const adopted = adoptedDecision(standing, this.#steering.decision)
    if (adopted !== null) {
      const active = adopted.policies.get('default')?.ipv4.wan ?? 'no WAN'
      this.#log.info(`found the rules of an earlier run: ${active} is in use`)
    }
    const seen = { settings: this.#settings, answered: this.#answered }
    const first = adopted ?? firstDecision(seen, this.#steering.decision)
    if (first !== null) this.#steering.decision = first
    return this.#concerns.start(host)
  }

  take(events: readonly DaemonEvent[], now: Now): void {
    for (const event of events) {
      if (event.kind === 'probe') {
        this.#board.take(event.result, now.nowMs)
        continue
      }
      this.#onlyAnswers = false
      this.#takeOwn(event, now.nowMs)
      if (this.#concerns.take(event, this.#seen(now))) this.#announcer.hurry(now.nowMs)
    }
  }

  /** The host, as it was just read. */
  see(host: HostState, nowMs: number): void {
    this.#host = host
    this.#planDue = true
    this.#onlyAnswers = false
    this.#publication.tunnels = reasonsToObserve(host)
    if (this.#board.locate(host, nowMs)) this.#announcer.hurry(nowMs)
  }

  /** The links whose bytes are needed in this turn; `take` them before `decide`. */
  linksToRead(now: Now): readonly string[] {
    const wanted = this.#mayBeQuiet(now) ? [] : this.#concerns.linksToRead(this.#seen(now))
    return [...new Set([...wanted, ...this.#board.linksToRead(now.nowMs)])]
  }

  decide(now: Now): Intent {
    const { nowMs } = now
    this.#steering.countCommands(nowMs)
    const asked = this.#mayBeQuiet(now) ? null : this.#concerns.evidence(this.#seen(now))
    if (asked !== null) this.#board.tell(asked, nowMs)
    if (this.#isActive) this.#board.judge(nowMs)
    const healths = this.#board.healths(nowMs)
    this.#isQuiet = asked === null && healths === this.#decided?.healths
    if (this.#isQuiet) return { isDue: false, decision: this.decision, wishes: {} }
    const { capped } = asked ?? this.#concerns.evidence(this.#seen(now))
    const situation = { settings: this.#settings, healths, nowMs, hurry: this.#hurry, capped }
    const outcome = decideWans(this.#steering.decision, situation)
    const moved = this.#settle(outcome, nowMs)
    const moment = {
      ...{ ...this.#seen(now), host: this.#host, capabilities: this.#capabilities, healths },
      ...{ decision: outcome.decision, moves: outcome.moves },
      ...{ moving: this.#movedAtMs !== null, active: this.#isActive, capped },
    }
    const routing = this.#sidesteps.step(moment, capped)
    const wishes = this.#concerns.wishes({ ...moment, routing })
    this.#decided = { ...moment, routing, wishes }
    const key = wishKey(wishes) + JSON.stringify(routing.detours)
    const changed = key !== this.#wishKey
    this.#wishKey = key
    const isDue = this.#isActive && (moved || changed || this.#planDue)
    return { isDue, decision: routing.routed, wishes }
  }

  /**
   * What is to be done now; `standing` is null where no plan was due. `problems` keep the kernel
   * from being as decided.
   */
  afterwards(standing: Standing | null, problems: readonly string[], now: Now): readonly Errand[] {
    const decided = this.#decided
    if (decided === null) throw new Error('a turn ends before anything was decided')
    if (this.#isQuiet) return this.#quietly(decided, problems, now)
    this.#planDue = false
    const { active, moving } = decided
    const each = standing?.stands ?? byFamily(() => !moving)
    const stands = each.ipv4 && each.ipv6
    if (standing !== null) this.#learn(standing, decided, now.nowMs)
    const errands = this.#probes(active, now)
    errands.push(...this.commanded(), ...this.#report(decided, each, now))
    errands.push(
      ...this.#concerns.afterwards(decided, stands),
      ...this.#publication.publish(problems, now),
    )
    this.#concernsAtMs = Math.min(this.#decideAtMs, this.#concerns.wakeAtMs())
    // What has moved is in use from now on: the concerns have to see that.
    this.#onlyAnswers = decided.moves.length === 0 && stands
    return errands
  }

  /** What commands have led to since the last turn that was through: afterwards nothing of it is left. */
  commanded(): readonly Errand[] {
    const errands = this.#commanded
    this.#commanded = []
    return errands
  }

  /** What is left to do before the end; call it again after that, until nothing is left. */
  stop(): readonly Errand[] {
    return this.#concerns.stop()
  }

  /** Most turns take an answer, send the next probe, and that is all. */
  #quietly({ active }: Decided, problems: readonly string[], now: Now): readonly Errand[] {
    const errands = this.#probes(active, now)
    if (this.#publication.mayBeNews(problems, now)) {
      errands.push(...this.#publication.publish(problems, now))
    }
    return errands
  }

  /** Only after the plan: before the first one no rule keeps a probe on its WAN. */
  #probes(active: boolean, { nowMs }: Now): Errand[] {
    const requests = active ? this.#board.dueProbes(nowMs) : []
    return requests.map((request) => ({ kind: 'send_probe', request }))
  }

  #mayBeQuiet({ nowMs }: Now): boolean {
    return this.#onlyAnswers && nowMs < this.#concernsAtMs
  }

  get #isActive(): boolean {
    return this.#steering.observing.length === 0
  }

  #seen({ nowMs, wallMs }: Now): Seen {
    return { nowMs, wallMs, uplinks: this.#board.uplinks, inUse: wansInUse(this.decision) }
  }

  /** All others are for the concerns. */
  #takeOwn(event: DaemonEvent, nowMs: number): void {
    if (event.kind === 'sign' && event.sign.kind === 'neighbour_failed') {
      this.#board.neighbourFailed(event.sign, nowMs)
    }
    if (event.kind === 'link_bytes') this.#board.takeBytes(event.bytes, nowMs)
    if (event.kind !== 'command') return
    const wasActive = this.#isActive
    const healths = this.#board.healths(nowMs)
    const { hurry, errands } = this.#steering.obey(event, { healths, nowMs })
    this.#hurry ||= hurry
    this.#planDue ||= this.#isActive && !wasActive
    this.#commanded = [...this.#commanded, ...errands]
    this.#announcer.hurry(nowMs)
  }

  /** Returns whether traffic has to move. */
  #settle({ decision, moves, wakeAtMs }: Outcome, nowMs: number): boolean {
    this.#steering.decision = decision
    this.#decideAtMs = wakeAtMs
    this.#hurry = false
    const moved = moves.length > 0
    if (this.#isActive && moved) this.#movedAtMs ??= nowMs
    return moved
  }

  #learn({ hijacks }: Standing, { wishes }: Done, nowMs: number): void {
    if (hijacks !== null) this.#board.setHijacks(hijacks, nowMs)
    // What carries a tunnel is in use, though no policy names it.
    const lines = wishes.rides?.flatMap(({ line }) => line ?? []) ?? []
    this.#board.setInUse(this.#steering.decision, lines, nowMs)
  }

  /** A move is reported when it is done: what the kernel refused has not happened. */
  #report(decided: Decided, each: ByFamily<boolean>, now: Now): Errand[] {
    const { healths, decision, nowMs, wallMs } = decided
    const startedMs = this.#movedAtMs
    const stands = this.#isActive ? each : byFamily(() => true)
    if (stands.ipv4 && stands.ipv6) this.#movedAtMs = null
    const switchMs = stands.ipv4 && startedMs !== null ? Math.round(now.nowMs - startedMs) : null
    const told = standingDecision(decision, this.#announcer.reported.decision, stands)
    return this.#announcer.report({ healths, decision: told }, { nowMs, wallMs, switchMs })
  }
}
