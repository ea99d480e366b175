/**
 * A house, a script of faults, and nothing of the daemon but its turns: no kernel, no process, no
 * promise. What is decided stands at once. A thousand days of it are played where the whole daemon
 * manages a few; the same seed plays the same days, to the last probe.
 */
import { emptyBook } from '../../../src/decision/metered-months.ts'
import type { Decision } from '../../../src/model/decision.ts'
import type { DaemonEvent } from '../../../src/model/event.ts'
import type { LinkBytes } from '../../../src/model/host.ts'
import type { ProbeRequest } from '../../../src/model/probe.ts'
import { everyPolicy } from '../../../src/model/settings/every-policy.ts'
import { composeSnapshot } from '../../../src/report/snapshot.ts'
import type { Now } from '../../../src/turn/concern.ts'
import type { Errand } from '../../../src/turn/errand.ts'
import { everyConcern } from '../../../src/turn/every-concern.ts'
import { Turn } from '../../../src/turn/turn.ts'
import { bothFamilies } from '../../examples/both-families.ts'
import { exampleCapabilities } from '../../examples/example-capabilities.ts'
import { Random } from '../../random.ts'
import { DecisionChecks } from '../checks/decision-checks.ts'
import { type JudgedWorld, Situation } from '../checks/situation.ts'
import { type Fault, printStep, type Step, seconds } from '../script/fault.ts'
import { reloadSteps, withOptions, withSpareLine } from '../script/option-reloads.ts'
import { randomScript } from '../script/random-script.ts'
import { type Topology, topologies } from '../world/topologies.ts'
import { Agenda } from './agenda.ts'
import { TurnWorld } from './turn-world.ts'

export interface TurnPlan {
  readonly seed: number
  readonly topology: Topology
  readonly script: readonly Step[]
  readonly lengthMs: number
}

export interface TurnOutcome {
  /** null: all was well. */
  readonly violation: string | null
  readonly endedAtMs: number
  readonly trace: readonly string[]
  readonly turns: number
  readonly probes: number
  readonly moves: number
  /** How often new connections avoided what was decided on, by policy. */
  readonly sidesteps: number
}

export function turnPlanOf(seed: number, lengthMs: number): TurnPlan {
  const random = new Random(seed)
  const usual = random.pick(topologies('restore'))
  const topology = withSpareLine(seed, usual)
  const steps = [...randomScript(random, usual, lengthMs), ...reloadSteps(seed, topology, lengthMs)]
  return { seed, topology, lengthMs, script: steps.sort((a, b) => a.atMs - b.atMs) }
}

export function simulateTurns(plan: TurnPlan): TurnOutcome {
  return new TurnSimulation(plan).run()
}

class TurnSimulation {
  readonly #plan: TurnPlan
  readonly #random: Random
  readonly #agenda = new Agenda()
  readonly #world: TurnWorld
  readonly #situation: Situation<JudgedWorld>
  readonly #checks: DecisionChecks
  #turn: Turn
  readonly #trace: string[] = []
  #events: DaemonEvent[] = []
  #hostChanged = false
  /** When the last look of the checks was: between two of them nothing has to be judged. */
  #lookAtMs = 0
  #clockSetByMs = 0
  #turns = 0
  #probes = 0
  #moves = 0
  #sidesteps = 0

  constructor(plan: TurnPlan) {
    this.#plan = plan
    this.#random = new Random(plan.seed ^ 0x7152)
    this.#world = new TurnWorld(plan.topology, this.#agenda, () => {
      this.#hostChanged = true
    })
    const agenda = this.#agenda
    this.#situation = new Situation<JudgedWorld>(this.#world, { nowMs: () => agenda.nowMs })
    this.#checks = new DecisionChecks(this.#situation)
    this.#turn = this.#newTurn()
  }

  run(): TurnOutcome {
    this.#start()
    for (const step of this.#plan.script) this.#agenda.at(step.atMs, () => this.#begin(step))
    const { lengthMs } = this.#plan
    while (this.#agenda.nowMs < lengthMs && this.#situation.violation === null) {
      this.#takeTurn()
      const wakeAtMs = this.#turn.wakeAtMs()
      const untilMs = Math.min(lengthMs, Math.max(wakeAtMs, this.#agenda.nowMs))
      // Of a change of the host the kernel tells at once; nothing else would wake who waits for it.
      this.#agenda.advanceTo(untilMs, () => this.#hostChanged)
    }
    return {
      violation: this.#situation.violation,
      endedAtMs: this.#agenda.nowMs,
      trace: this.#trace,
      turns: this.#turns,
      probes: this.#probes,
      moves: this.#moves,
      sidesteps: this.#sidesteps,
    }
  }

  #newTurn(): Turn {
    const { settings } = this.#world.topology
    const log = this.#log()
    const concerns = everyConcern({ settings, book: emptyBook, log })
    const remembered = { mode: 'automatic', mayOverride: false }
    const parts = { settings, version: 'simulated', concerns, remembered, log }
    return new Turn(parts, this.#agenda.nowMs)
  }

  #start(): void {
    this.#situation.enter('starting')
    const findings = {
      host: this.#world.host(),
      capabilities: exampleCapabilities(),
    }
    this.#carryOut(this.#turn.start(findings, this.#now()))
    this.#situation.enter('running')
  }

  /** With other options another one begins; there is no kernel that could tell it what stood. */
  #takeOptions(topology: Topology): void {
    this.#world.take(topology)
    this.#checks.forget()
    this.#events = []
    this.#hostChanged = false
    this.#turn = this.#newTurn()
    this.#start()
  }

  /** What comes after an end of the turns is for nobody. */
  #later(afterMs: number, event: DaemonEvent): void {
    const turn = this.#turn
    this.#agenda.at(this.#agenda.nowMs + afterMs, () => {
      if (turn === this.#turn) this.#events.push(event)
    })
  }

  #takeTurn(): void {
    this.#turns += 1
    const events = this.#events
    this.#events = []
    const now = this.#now()
    const turn = this.#turn
    turn.take(events, now)
    if (this.#hostChanged) turn.see(this.#world.host(), now.nowMs)
    this.#hostChanged = false
    const links = turn.linksToRead(now)
    if (links.length > 0) turn.take([{ kind: 'link_bytes', bytes: bytesOf(links) }], now)
    const { isDue, decision } = turn.decide(now)
    this.#carryOut(turn.afterwards(isDue ? stands : null, noProblems, now))
    if (isDue) this.#judgeDetours(decision, now)
    if (now.nowMs < this.#lookAtMs) return
    this.#lookAtMs = now.nowMs + lookEveryMs
    this.#world.settle()
    this.#checks.look(null)
  }

  /** Every policy's, though most of these houses have few. */
  #judgeDetours({ policies }: Decision, { nowMs: atMs }: Now): void {
    for (const { name, use } of everyPolicy(this.#world.topology.settings)) {
      const from = this.#turn.decision.policies.get(name)?.ipv4.wan ?? null
      const to = policies.get(name)?.ipv4.wan ?? null
      if (from === null || to === null || from === to) continue
      this.#sidesteps += 1
      this.#checks.sidesteps.isAllowed({ from, to, atMs }, use)
    }
  }

  #carryOut(errands: readonly Errand[]): void {
    for (const errand of errands) {
      if (errand.kind === 'send_probe') this.#send(errand.request)
      else if (errand.kind === 'publish') {
        const snapshot = composeSnapshot({ ...errand.known, bytes: new Map() })
        this.#checks.published(snapshot)
        this.#situation.snapshot = snapshot
      } else if (errand.kind === 'announce') {
        const { event } = errand
        if (event.event_type === 'failover' || event.event_type === 'failback') {
          this.#moves += 1
          if (event.from !== null && event.to !== null) this.#checks.switched(event.from, event.to)
        }
        this.#checks.announced(event)
      } else if (errand.kind === 'check_web') this.#checkWeb(errand)
      else if (errand.kind === 'read_counters') {
        this.#later(5, { kind: 'counters', counters: new Map() })
      }
    }
  }

  #send(request: ProbeRequest): void {
    this.#probes += 1
    if (this.#world.targets.silent.has(request.target)) return
    const { id, wan } = request
    const line = this.#world.line(wan)
    if (request.method === 'neighbour' && request.target !== line.gateway) return
    const rttMs = line.answerAfterMs(request, this.#random)
    if (rttMs === null) return
    const result = { id, wan, outcome: { kind: 'answered', rttMs } } as const
    this.#later(rttMs, { kind: 'probe', result })
  }

  #checkWeb({ wan, round }: Extract<Errand, { kind: 'check_web' }>): void {
    const { targets } = this.#world
    const line = this.#world.line(wan)
    const answers = [0, 1].map((server) =>
      line.webAnswer(targets.webDown.has(server), this.#random),
    )
    const lasts = answers.some(({ kind }) => kind === 'no_tcp') ? 4_000 : 60
    this.#later(lasts, { kind: 'web_checked', wan, round, answers })
  }

  #begin(step: Step): void {
    const { fault, durationMs } = step
    if (fault.kind === 'command') {
      this.#note(`>>> ${printStep(step)}`)
      this.#situation.commanded()
      this.#events.push({ kind: 'command', command: fault.command })
      return
    }
    if (fault.kind === 'clock_set') {
      this.#note(`>>> ${printStep(step)}`)
      this.#clockSetByMs += fault.byMs
      return
    }
    if (fault.kind === 'command_flood') {
      this.#note(`>>> ${printStep(step)}`)
      this.#flood(fault, this.#agenda.nowMs + durationMs)
      return
    }
    if (fault.kind === 'options') {
      this.#note(`>>> ${printStep(step)}`)
      this.#takeOptions(withOptions(this.#plan.topology, fault))
      return
    }
    const end = this.#world.begin(fault)
    if (end === null) return
    this.#note(`>>> ${printStep(step)}`)
    this.#agenda.at(this.#agenda.nowMs + durationMs, end)
  }

  #flood(fault: Extract<Fault, { kind: 'command_flood' }>, untilMs: number): void {
    const { nowMs } = this.#agenda
    this.#situation.commanded()
    this.#events.push({ kind: 'command', command: fault.command })
    if (nowMs >= untilMs) return
    this.#agenda.at(nowMs + fault.everyMs, () => this.#flood(fault, untilMs))
  }

  #now(): Now {
    const { nowMs } = this.#agenda
    return { nowMs, wallMs: wallStartMs + nowMs + this.#clockSetByMs }
  }

  #log() {
    const line = (level: string) => (text: string) => this.#note(`${level}: ${text}`)
    return { debug: () => {}, info: line('info'), warn: line('warn'), error: line('error') }
  }

  #note(text: string): void {
    this.#trace.push(`${seconds(this.#agenda.nowMs)} ${text}`)
    if (this.#trace.length > traceLines) this.#trace.shift()
  }
}

function bytesOf(links: readonly string[]): ReadonlyMap<string, LinkBytes> {
  return new Map(links.map((link) => [link, { received: 0, sent: 0 }]))
}

/** There is no kernel that could refuse anything. */
const stands = { stands: bothFamilies(true), hijacks: null }
const noProblems: readonly string[] = []
const wallStartMs = Date.parse('2026-11-21T10:00:00.000Z')
const lookEveryMs = 250
const traceLines = 400
