/**
 * One run: a house, a script of faults and a daemon, by virtual time. The same plan gives the
 * same run, to the last packet. It never waits for real time.
 */

import { defaultDestination } from '../../src/model/address.ts'
import type { HostState } from '../../src/model/host.ts'
import type { Snapshot } from '../../src/model/published/snapshot.ts'
import { MemoryInMemory } from '../fakes/memory-in-memory.ts'
import { VirtualClock } from '../fakes/virtual-clock.ts'
import { Random } from '../random.ts'
import { DecisionChecks } from './checks/decision-checks.ts'
import { FirstAnswerCheck } from './checks/first-answer-check.ts'
import { Ipv6Checks } from './checks/ipv6-checks.ts'
import { KernelChecks } from './checks/kernel-checks.ts'
import { PolicyChecks } from './checks/policy-checks.ts'
import { ReloadCheck } from './checks/reload-check.ts'
import { Situation } from './checks/situation.ts'
import type { Witness } from './checks/witness.ts'
import { beginFault, type End } from './script/begin-fault.ts'
import { type Fault, printStep, type Step, seconds } from './script/fault.ts'
import { ipv6Steps, withIpv6 } from './script/ipv6-faults.ts'
import { reloadSteps, withOptions, withSpareLine } from './script/option-reloads.ts'
import { withRandomPolicies } from './script/random-policies.ts'
import { randomScript } from './script/random-script.ts'
import { unreadSteps } from './script/unread-steps.ts'
import { type Sabotage, SimulatedProcess } from './world/simulated-process.ts'
import { type Topology, topologies } from './world/topologies.ts'
import { World } from './world/world.ts'

export interface Plan {
  readonly seed: number
  readonly topology: Topology
  readonly script: readonly Step[]
  readonly lengthMs: number
}

export interface Outcome {
  /** null: all was well. */
  readonly violation: string | null
  readonly endedAtMs: number
  /** The newest lines of the daemon's log and what was done to it, oldest first. */
  readonly trace: readonly string[]
  /** After how many of its steps, however small, all that can be judged was judged. */
  readonly steps: number
  readonly probes: number
  readonly moves: number
}

export function planOf(seed: number, lengthMs = 20 * 60_000): Plan {
  const random = new Random(seed)
  const house = random.pick(topologies(random.chance(0.8) ? 'restore' : 'keep'))
  const usual = withIpv6(seed, withRandomPolicies(seed, house))
  const topology = withSpareLine(seed, usual)
  const steps = [
    ...randomScript(random, usual, lengthMs),
    ...ipv6Steps(seed, usual, lengthMs),
    ...reloadSteps(seed, topology, lengthMs),
    ...unreadSteps(seed, lengthMs),
  ]
  return { seed, topology, lengthMs, script: steps.sort((a, b) => a.atMs - b.atMs) }
}

export async function simulate(plan: Plan, sabotage: Sabotage = {}): Promise<Outcome> {
  return await new Simulation(plan, sabotage).run()
}

export function printPlan({ seed, topology, script }: Plan): string {
  const { name, settings } = topology
  const uses = settings.policies.map(({ use }) => `[${use.join(', ')}]`).join(' ')
  const steps = script.map((step) => `  ${printStep(step)}`)
  return [`seed ${seed}, ${name}, on_stop ${settings.onStop} ${uses}`, ...steps].join('\n')
}

class Simulation {
  readonly #plan: Plan
  readonly #sabotage: Sabotage
  readonly #clock = new VirtualClock()
  readonly #random: Random
  readonly #world: World
  readonly #situation: Situation
  readonly #kernelChecks: KernelChecks
  readonly #decisionChecks: DecisionChecks
  readonly #policyChecks: PolicyChecks
  readonly #ipv6Checks: Ipv6Checks
  readonly #firstAnswer: FirstAnswerCheck
  readonly #reloadCheck: ReloadCheck
  readonly #memory = new MemoryInMemory()
  readonly #trace: string[] = []
  #process: SimulatedProcess | null = null
  /** What the next start goes by. */
  #topology: Topology
  /** The WAN of the rules; what others delete is put back to somewhere else at times. */
  #ledTo: string | null = null
  /** The present process has had the time to finish what the last one was in the middle of. */
  #isSettled = false
  #steps = 0
  #probes = 0
  #moves = 0

  constructor(plan: Plan, sabotage: Sabotage) {
    this.#plan = plan
    this.#sabotage = sabotage
    this.#topology = plan.topology
    this.#random = new Random(plan.seed ^ 0x5eed)
    this.#world = new World(plan.topology, { clock: this.#clock, random: this.#random })
    this.#situation = new Situation(this.#world, this.#clock)
    this.#kernelChecks = new KernelChecks(this.#situation)
    this.#decisionChecks = new DecisionChecks(this.#situation)
    this.#policyChecks = new PolicyChecks(this.#situation)
    this.#ipv6Checks = new Ipv6Checks(this.#situation)
    this.#firstAnswer = new FirstAnswerCheck(this.#situation)
    this.#reloadCheck = new ReloadCheck(this.#situation)
  }

  async run(): Promise<Outcome> {
    this.#startProcess()
    for (const step of this.#plan.script) this.#clock.wake(step.atMs, () => this.#begin(step))
    const { lengthMs } = this.#plan
    for (let atMs = 0; atMs < lengthMs && this.#goesOn; atMs += lookEveryMs) {
      await this.#clock.advanceTo(atMs)
      await this.#look()
    }
    if (this.#goesOn) await this.#end()
    this.#process?.die()
    const { violation } = this.#situation
    const endedAtMs = this.#clock.nowMs()
    const counted = { steps: this.#steps, probes: this.#probes, moves: this.#moves }
    return { violation, endedAtMs, trace: this.#trace, ...counted }
  }

  get #goesOn(): boolean {
    return this.#situation.violation === null
  }

  #startProcess(): void {
    this.#situation.enter('starting')
    this.#note('--- the process starts')
    this.#world.take(this.#topology)
    const process = new SimulatedProcess({
      world: this.#world,
      clock: this.#clock,
      random: this.#random,
      memory: this.#memory,
      log: this.#log(),
      witness: this.#witness(),
      sabotage: this.#sabotage,
    })
    this.#process = process
  }

  /** It is dead; another one starts after a while, as the Supervisor sees to it. */
  #bury(downMs: number): void {
    this.#forget()
    this.#reloadCheck.forget()
    this.#note('--- the process is gone')
    this.#clock.wake(this.#clock.nowMs() + downMs, () => this.#startProcess())
  }

  #forget(): void {
    this.#process = null
    this.#ledTo = null
    this.#isSettled = false
    this.#situation.enter('off')
    this.#decisionChecks.forget()
    this.#kernelChecks.forget()
    this.#ipv6Checks.forget()
  }

  /** Who runs hands over at once; who doesn't run starts with these one day. */
  async #takeOptions(topology: Topology): Promise<void> {
    this.#topology = topology
    if (this.#situation.phase !== 'running') return
    const carrier = this.#kernelChecks.carrier(await this.#world.kernel.read())
    this.#reloadCheck.reloads(carrier)
    const startAnew = () => {
      this.#forget()
      this.#startProcess()
    }
    await this.#stop(startAnew, 'standing')
  }

  #begin(step: Step): void {
    const { fault, durationMs } = step
    this.#note(`>>> ${printStep(step)}`)
    const process = this.#process
    if (fault.kind === 'crash' && process !== null) {
      process.onDeath = () => this.#bury(durationMs)
      if (fault.afterChanges === null) process.die()
      else process.diesAfterChanges = fault.afterChanges
    } else if (fault.kind === 'restart' && this.#situation.phase === 'running') {
      this.#stop(() => this.#bury(durationMs)).catch((error) => this.#broken(error))
    } else if (fault.kind === 'options') {
      const topology = withOptions(this.#plan.topology, fault)
      this.#takeOptions(topology).catch((error) => this.#broken(error))
    } else if (fault.kind === 'stall') {
      process?.stall(durationMs)
      this.#situation.lateUntilMs = Math.max(
        this.#situation.lateUntilMs,
        this.#clock.nowMs() + durationMs + 2_000,
      )
    } else if (fault.kind === 'command') {
      this.#situation.commanded()
      process?.command(fault.command)
    } else if (fault.kind === 'clock_set') this.#clock.setByMs += fault.byMs
    else if (fault.kind === 'command_flood') this.#flood(fault, this.#clock.nowMs() + durationMs)
    else this.#beginOutside(step)
  }

  #flood(fault: Extract<Fault, { kind: 'command_flood' }>, untilMs: number): void {
    const nowMs = this.#clock.nowMs()
    this.#situation.commanded()
    this.#process?.command(fault.command)
    if (nowMs < untilMs) this.#clock.wake(nowMs + fault.everyMs, () => this.#flood(fault, untilMs))
  }

  #beginOutside({ fault, durationMs }: Step): void {
    const end: End = beginFault(fault, {
      world: this.#world,
      clock: this.#clock,
      random: this.#random,
      broken: (error) => this.#broken(error),
    })
    this.#clock.wake(this.#clock.nowMs() + durationMs, () => {
      this.#note(`<<< ${fault.kind} ends`)
      end()
    })
  }

  async #stop(afterwards: () => void, leave?: 'standing'): Promise<void> {
    const process = this.#process
    if (process === null) return
    this.#situation.enter('stopping')
    this.#note('--- it is asked to stop')
    process.stop(leave)
    await process.finished
    const [host, twin] = await Promise.all([this.#world.kernel.read(), this.#world.twinState()])
    const { onStop } = this.#plan.topology.settings
    if (leave === undefined && onStop === 'restore' && this.#situation.isAble)
      this.#kernelChecks.restored(host, twin)
    process.alive = false
    afterwards()
  }

  async #end(): Promise<void> {
    const process = this.#process
    if (this.#situation.phase !== 'running' || process === null) return
    process.diesAfterChanges = null
    let stopped = false
    this.#stop(() => {
      stopped = true
    }).catch((error) => this.#broken(error))
    await this.#clock.advanceTo(this.#clock.nowMs() + 3_000)
    if (!stopped) this.#situation.fail('the process does not stop within three seconds')
  }

  async #look(): Promise<void> {
    this.#steps += 1
    this.#world.settle()
    const [host, twin] = await Promise.all([this.#world.kernel.read(), this.#world.twinState()])
    this.#kernelChecks.look(host, twin)
    const carrier = this.#kernelChecks.carrier(host)
    this.#decisionChecks.look(carrier)
    this.#firstAnswer.look(carrier)
    this.#reloadCheck.look(carrier)
    this.#policyChecks.look(host)
    this.#ipv6Checks.look()
    const { phase, phaseSinceMs } = this.#situation
    if (phase === 'starting' && this.#situation.isAble) {
      const waitedMs = this.#clock.nowMs() - phaseSinceMs
      if (waitedMs > 2_000) this.#situation.fail('the process publishes nothing after its start')
    }
  }

  #witness(): Witness {
    return {
      changed: async (step) => {
        this.#steps += 1
        await this.#kernelChecks.changed(step)
        const from = this.#ledTo ?? this.#activeName(step.before)
        const to = this.#activeName(step.after)
        this.#ledTo = to ?? from
        const moved = from !== null && to !== null && from !== to
        this.#isSettled ||= this.#situation.phase === 'running' && this.#situation.isAble
        const isWan = this.#topology.places.some(({ name }) => name === from)
        const decides = this.#isSettled && isWan
        if (moved && decides) this.#decisionChecks.switched(from, to)
      },
      probed: (request, line) => {
        this.#steps += 1
        this.#probes += 1
        this.#decisionChecks.probed(request, line)
      },
      published: (snapshot) => {
        this.#steps += 1
        this.#decisionChecks.published(snapshot)
        this.#policyChecks.published(snapshot)
        this.#bearTakingBack(snapshot)
        this.#ipv6Checks.published(snapshot)
        if (this.#situation.phase === 'starting') this.#situation.enter('running')
        this.#situation.snapshot = snapshot
      },
      announced: (event) => {
        if (event.event_type === 'failover' || event.event_type === 'failback') this.#moves += 1
        this.#decisionChecks.announced(event)
      },
      died: (error) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
        this.#situation.fail(`the process died: ${text}`)
      },
      broken: (error) => this.#broken(error),
    }
  }

  /**
   * Only where others have just deleted some of ours may the rest lead nowhere, and what was taken
   * back for that is put back half a minute later.
   */
  #bearTakingBack({ problems }: Snapshot): void {
    const isTakenBack = problems.some((problem) => problem.includes(takenBack))
    if (!isTakenBack || !this.#situation.isDisturbed) return
    this.#situation.lateUntilMs = Math.max(
      this.#situation.lateUntilMs,
      this.#clock.nowMs() + takenBackMs,
    )
  }

  /** By where the table leads: with other options its number may be another WAN's already. */
  #activeName({ rules, routes }: HostState): string | null {
    const rule = rules.find(({ priority, family }) => priority === 10900 && family === 'ipv4')
    const table = rule?.action.kind === 'lookup' ? rule.action.table : null
    const way = routes.find(
      (route) => route.table === table && route.destination === defaultDestination.ipv4,
    )
    const line = this.#world.lineBehind({ nextHop: way?.nextHops[0] ?? null })
    if (line !== null) return line.place.name
    return this.#world.topology.places.find((place) => place.table === table)?.name ?? null
  }

  #log() {
    const line = (level: string) => (text: string) => this.#note(`${level}: ${text}`)
    return { debug: () => {}, info: line('info'), warn: line('warn'), error: line('error') }
  }

  #note(text: string): void {
    this.#trace.push(`${seconds(this.#clock.nowMs())} ${text}`)
    if (this.#trace.length > traceLines) this.#trace.shift()
  }

  #broken(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#situation.fail(`the simulation itself is broken: ${text}`)
  }
}

/** What the daemon says of it. */
const takenBack = 'cut off a gateway and was undone'
/** Half a minute's pause, and the time to put everything back. */
const takenBackMs = 32_000
const lookEveryMs = 250
const traceLines = 400
