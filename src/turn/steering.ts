/**
 * What the user has asked for: the mode, a test, a choice for a policy, and whether we may set up
 * anything beside another program's tunnel. It keeps the decision that commands change.
 */
import { applyCommand } from '../decision/apply-command.ts'
import { undecided } from '../decision/decide.ts'
import type { Decision } from '../model/decision.ts'
import type { CommandEvent } from '../model/event.ts'
import type { Healths } from '../model/health.ts'
import type { Log } from '../model/log.ts'
import type { Remembered } from '../model/memory.ts'
import type { Settings } from '../model/settings/settings.ts'
import { describeCommand } from '../report/phrases.ts'
import { CommandLog } from './command-log.ts'
import type { Errand } from './errand.ts'

export interface SteeringParts {
  readonly settings: Settings
  readonly remembered: Remembered
  readonly log: Log
  /** Why nothing may be set up, whatever the user chooses. */
  readonly obstacles?: readonly string[]
}

/** What a command leads to. */
export interface Obeyed {
  /** The user wants it now: don't wait for a hold-down. */
  readonly hurry: boolean
  readonly errands: readonly Errand[]
}

export class Steering {
  /** What was decided last, and what a command has made of it since. */
  decision: Decision
  readonly #settings: Settings
  readonly #log: Log
  readonly #commandLog: CommandLog
  readonly #obstacles: readonly string[]
  #observing: readonly string[] = []
  #mayOverride: boolean
  #refusal: string | null = null

  constructor({ settings, remembered, log, obstacles = [] }: SteeringParts) {
    this.#settings = settings
    this.#log = log
    this.#commandLog = new CommandLog(log)
    this.#obstacles = obstacles
    this.#mayOverride = remembered.mayOverride
    const known = settings.wans.some(({ name }) => name === remembered.mode)
    this.decision = { ...undecided, mode: known ? remembered.mode : 'automatic' }
  }

  /** Why nothing is set up until the user says otherwise; empty: all is set up. */
  get observing(): readonly string[] {
    return this.#observing
  }

  /** The user knows about others' tunnels, or reads why nothing is set up. */
  get acceptsTunnels(): boolean {
    return this.#mayOverride || this.#observing.length > 0
  }

  /** Why the last command could not be carried out. */
  get problems(): readonly string[] {
    return this.#refusal === null ? [] : [this.#refusal]
  }

  /** At the start; `reasons` speak against setting anything up. */
  observe(reasons: readonly string[]): void {
    const overridden = this.#mayOverride ? [] : reasons
    const given = this.#obstacles.length > 0 ? this.#obstacles : tooFew(this.#settings)
    this.#observing = given.length > 0 ? given : overridden
    for (const reason of this.#observing) {
      this.#log.warn(`observing only, nothing is set up: ${reason}`)
    }
  }

  /** In each turn: it may be time to log how many commands were left out. */
  countCommands(nowMs: number): void {
    this.#commandLog.count(nowMs)
  }

  obey(
    { command, superseded = 0 }: CommandEvent,
    { healths, nowMs }: { healths: Healths; nowMs: number },
  ): Obeyed {
    const situation = { settings: this.#settings, healths, nowMs }
    const result = applyCommand(command, this.decision, situation)
    if (result.kind === 'refused') {
      this.#refusal = `${describeCommand(command)} was refused: ${result.reason}`
      this.#commandLog.note('warn', this.#refusal, nowMs)
      this.#commandLog.superseded(superseded)
      return { hurry: false, errands: [] }
    }
    this.#refusal = null
    this.#commandLog.note('info', `on request: ${describeCommand(command)}`, nowMs)
    this.#commandLog.superseded(superseded)
    this.decision = result.decision
    if (command.kind !== 'set_mode') return { hurry: true, errands: [] }
    // Choosing a mode while it only observes is the user's "do it all the same".
    const mayBegin = this.#obstacles.length === 0 && tooFew(this.#settings).length === 0
    if (this.#observing.length > 0 && mayBegin) {
      this.#mayOverride = true
      this.#observing = []
    }
    const remembered = { mode: result.decision.mode, mayOverride: this.#mayOverride }
    return { hurry: true, errands: [{ kind: 'remember', remembered }] }
  }
}

/** With fewer than two WANs there is nothing to fail over to. */
function tooFew({ wans }: Settings): readonly string[] {
  const [only, second] = wans
  if (only === undefined) return ['the options name no WAN']
  return second === undefined ? [`the options name one WAN, ${only.name}: failover needs two`] : []
}
