/**
 * One turn of the daemon, as far as it is thinking: events and the host as it was read go in, what
 * is wanted of the kernel comes out; then what became of it goes in, and errands come out. It folds
 * over the concerns it is given and knows none of them. It computes and never acts: no clock, no
 * promise, no I/O; the same calls give the same results.
 */
import { decide as decideWans, type Outcome, wansInUse } from '../decision/decide.ts'
import type { Decision } from '../model/decision.ts'
import type { DaemonEvent } from '../model/event.ts'
import type { Capabilities, HostState } from '../model/host.ts'
import type { Log } from '../model/log.ts'
import type { Remembered } from '../model/memory.ts'
import type { Settings } from '../model/settings.ts'
import type { Uplink } from '../model/uplink.ts'
import { reasonsToObserve } from '../network/obstacles.ts'
import type { Known } from '../report/snapshot.ts'
import { adoptedDecision } from './adopted-decision.ts'
import { Announcer, sickWans } from './announcer.ts'
import type { Concern, Decided, Now, Seen, Wishes } from './concern.ts'
import { ConcernList } from './concern-list.ts'
import type { Errand } from './errand.ts'
import { Steering } from './steering.ts'
import { WanBoard } from './wan-board.ts'

export interface TurnParts {
  readonly settings: Settings
  readonly version: string
  readonly concerns: readonly Concern[]
  /** What an earlier run has left. */
  readonly remembered: Remembered
  readonly log: Log
}

/** What the start has found out about the host, once for all. */
export interface Findings {
  readonly host: HostState
  readonly capabilities: Capabilities
  /** What on this host keeps clients' packets from getting through, a sentence each. */
  readonly lasting: readonly string[]
}

export interface Intent {
  /** The kernel has to be brought to it now. */
  readonly isDue: boolean
  readonly decision: Decision
  readonly wishes: Wishes
}

/** What became of an intent in the kernel. */
export interface Standing {
  /** Traffic goes where it was decided. */
  readonly stands: boolean
  /** By WAN name, who takes its probes away from it; null where that could not be asked. */
  readonly hijacks: ReadonlyMap<string, string> | null
}

export class Turn {
  readonly #settings: Settings
  readonly #version: string
  readonly #log: Log
  readonly #concerns: ConcernList
  readonly #board: WanBoard
  readonly #steering: Steering
  readonly #announcer: Announcer
  #capabilities: Capabilities = nothingPossible
  #lasting: readonly string[] = []
  #host: HostState | null = null
  /** The host was read since the last plan, or nothing was set up until now. */
  #planDue = false
  /** Why a start would observe only, as of the last look; empty where nothing speaks for it. */
  #tunnels: readonly string[] = []
  #hurry = false
  /** What was wanted beside the decision, as it was carried out last. */
  #wishKey = ''
  #decideAtMs = Number.POSITIVE_INFINITY
  /** When the move was decided that is not carried out yet; null: traffic is where it should be. */
  #movedAtMs: number | null = null
  #decided: Decided | null = null
  /** What commands have led to in this turn. */
  #commanded: readonly Errand[] = []

  constructor(parts: TurnParts, nowMs: number) {
    const { settings, version, concerns, log } = parts
    this.#settings = settings
    this.#version = version
    this.#log = log
    this.#concerns = new ConcernList(concerns)
    this.#board = new WanBoard(settings, nowMs)
    this.#steering = new Steering(parts)
    const { decision } = this.#steering
    this.#announcer = new Announcer(settings, log, {
      healths: this.#board.healths(nowMs),
      decision,
    })
  }

  get uplinks(): readonly Uplink[] {
    return this.#board.uplinks
  }

  get decision(): Decision {
    return this.#steering.decision
  }

  get capabilities(): Capabilities {
    return this.#capabilities
  }

  /** Why nothing is set up; empty where all is. */
  get observing(): readonly string[] {
    return this.#steering.observing
  }

  /** When the next turn has to come, whatever happens. */
  wakeAtMs(): number {
    const probing = this.#isActive ? this.#board.wakeAtMs() : Number.POSITIVE_INFINITY
    const told = this.#announcer.wakeAtMs
    return Math.min(this.#decideAtMs, told, probing, this.#concerns.wakeAtMs())
  }

  /** Before the first turn: what stands of an earlier run is the decision before ours. */
  start({ host, capabilities, lasting }: Findings, { nowMs }: Now): readonly Errand[] {
    this.#capabilities = capabilities
    this.#lasting = lasting
    this.see(host, nowMs)
    this.#steering.observe(this.#tunnels)
    const standing = { settings: this.#settings, uplinks: this.#board.uplinks, host }
    const adopted = adoptedDecision(standing, this.#steering.decision)
    if (adopted !== null) {
      this.#steering.decision = adopted
      const active = adopted.policies.get('default')?.ipv4.wan ?? 'no WAN'
      this.#log.info(`found the rules of an earlier run: ${active} is in use`)
    }
    return this.#concerns.start()
  }

  take(events: readonly DaemonEvent[], now: Now): void {
    const seen = this.#seen(now)
    for (const event of events) {
      this.#takeOwn(event, now.nowMs)
      if (this.#concerns.take(event, seen)) this.#announcer.hurry(now.nowMs)
    }
  }

  /** The host, as it was just read. */
  see(host: HostState, nowMs: number): void {
    this.#host = host
    this.#planDue = true
    this.#tunnels = reasonsToObserve(host)
    this.#board.locate(host, nowMs)
  }

  /** The links whose bytes somebody needs in this turn: they are to be taken before `decide`. */
  linksToRead(now: Now): readonly string[] {
    return this.#concerns.linksToRead(this.#seen(now))
  }

  decide(now: Now): Intent {
    const { nowMs } = now
    const { heard, capped } = this.#concerns.evidence(this.#seen(now))
    for (const wan of heard) this.#board.heard(wan, nowMs)
    if (this.#isActive) this.#board.judge(nowMs)
    const healths = this.#board.healths(nowMs)
    const situation = { settings: this.#settings, healths, nowMs, hurry: this.#hurry, capped }
    const outcome = decideWans(this.#steering.decision, situation)
    const moved = this.#settle(outcome, nowMs)
    this.#decided = {
      ...{ ...this.#seen(now), host: this.#host, capabilities: this.#capabilities, healths },
      ...{ decision: outcome.decision, moves: outcome.moves },
      ...{ moving: this.#movedAtMs !== null, active: this.#isActive },
    }
    const wishes = this.#concerns.wishes(this.#decided)
    const key = JSON.stringify(wishes, (name, value) => (name === 'usedBytes' ? undefined : value))
    const changed = key !== this.#wishKey
    this.#wishKey = key
    const isDue = this.#isActive && (moved || changed || this.#planDue)
    return { isDue, decision: outcome.decision, wishes }
  }

  /**
   * What is to be done now; `standing` is null where no plan was due. `problems` keep the kernel
   * from being as decided.
   */
  afterwards(standing: Standing | null, problems: readonly string[], now: Now): readonly Errand[] {
    const decided = this.#decided
    if (decided === null) throw new Error('a turn ends before anything was decided')
    this.#planDue = false
    const { active, moving } = decided
    const stands = standing?.stands ?? !moving
    if (standing !== null) this.#learn(standing, now.nowMs)
    // Only now: before the first plan no rule keeps a probe on its WAN.
    const requests = active ? this.#board.dueProbes(now.nowMs) : []
    const errands: Errand[] = requests.map((request) => ({ kind: 'send_probe', request }))
    errands.push(...this.#commanded, ...this.#report(decided, stands, now))
    this.#commanded = []
    errands.push(...this.#concerns.afterwards(decided, stands))
    const all = this.#allProblems(problems)
    if (this.#announcer.isDue(all, now.nowMs)) {
      errands.push({ kind: 'publish', known: this.#known(all, now) })
    }
    return errands
  }

  /** What is left to do before the end; to be called again after that, until nothing is left. */
  stop(): readonly Errand[] {
    return this.#concerns.stop()
  }

  get #isActive(): boolean {
    return this.#steering.observing.length === 0
  }

  #seen(now: Now): Seen {
    return { ...now, uplinks: this.#board.uplinks, inUse: wansInUse(this.#steering.decision) }
  }

  #takeOwn(event: DaemonEvent, nowMs: number): void {
    switch (event.kind) {
      case 'probe':
        this.#board.take(event.result, nowMs)
        break
      case 'sign':
        if (event.sign.kind === 'neighbour_failed') this.#board.neighbourFailed(event.sign, nowMs)
        break
      case 'command': {
        const wasActive = this.#isActive
        const healths = this.#board.healths(nowMs)
        const { hurry, errands } = this.#steering.obey(event.command, { healths, nowMs })
        this.#hurry ||= hurry
        this.#planDue ||= this.#isActive && !wasActive
        this.#commanded = [...this.#commanded, ...errands]
        this.#announcer.hurry(nowMs)
        break
      }
      case 'counters':
      case 'link_bytes':
      case 'public_address':
      case 'foreign_problem':
      case 'stop':
    }
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

  #learn({ hijacks }: Standing, nowMs: number): void {
    if (hijacks !== null) this.#board.setHijacks(hijacks, nowMs)
    this.#board.setInUse(wansInUse(this.#steering.decision), nowMs)
  }

  /** A move is reported when it is done: what the kernel refused has not happened. */
  #report(decided: Decided, stands: boolean, now: Now): Errand[] {
    const { healths, decision, nowMs, wallMs } = decided
    const startedMs = this.#movedAtMs
    if (stands || !this.#isActive) {
      this.#movedAtMs = null
      const switchMs = startedMs === null ? null : Math.round(now.nowMs - startedMs)
      return this.#announcer.report({ healths, decision }, { nowMs, wallMs, switchMs })
    }
    const { policies } = this.#announcer.reported.decision
    const moment = { healths, decision: { ...decision, policies } }
    return this.#announcer.report(moment, { nowMs, wallMs, switchMs: null })
  }

  #allProblems(problems: readonly string[]): readonly string[] {
    const { observing, problems: refused, acceptsTunnels } = this.#steering
    return [
      ...observing.map((reason) => `observing only: ${reason}`),
      ...sickWans(this.#announcer.reported),
      ...problems,
      ...this.#concerns.problems(),
      ...(acceptsTunnels ? [] : this.#tunnels.map(besideTunnel)),
      ...refused,
      ...this.#lasting,
    ]
  }

  #known(problems: readonly string[], { nowMs, wallMs }: Now): Omit<Known, 'bytes'> {
    return {
      publicAddresses: new Map(),
      ...this.#concerns.figures(),
      version: this.#version,
      decision: this.#announcer.reported.decision,
      observing: this.#steering.observing,
      healths: this.#board.healths(nowMs),
      uplinks: this.#board.uplinks,
      capabilities: this.#capabilities,
      problems,
      nowMs,
      wallMs,
    }
  }
}

/** It came while we run: ours go on, the next start would observe only. */
function besideTunnel(reason: string): string {
  return `${reason}; the default policy's rule still comes first`
}

const nothingPossible: Capabilities = {
  nft: false,
  ctMark: false,
  conntrack: false,
  multipath: false,
  forwarding: false,
}
