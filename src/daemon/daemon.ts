/**
 * The daemon: one queue, one loop. Every event waits in the queue until the loop takes it; a turn
 * runs from the events over healths and the decision to the kernel, reads back what it did, and
 * publishes. Nothing acts inside a callback. It must never change the kernel without a reason, and
 * its end leaves the last decision standing.
 */
import { decide, type Outcome, undecided } from '../decision/decide.ts'
import { keptFlows } from '../decision/kept-flows.ts'
import { obey } from '../decision/obey.ts'
import type { HomeAssistant } from '../homeassistant/port.ts'
import type { Kernel } from '../kernel/port.ts'
import type { Command, Decision } from '../model/decision.ts'
import type { Capabilities, HostState } from '../model/host.ts'
import type { Log } from '../model/log.ts'
import type { Settings } from '../model/settings.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { desiredState, nothing } from '../network/desired-state.ts'
import { activeTable } from '../network/diff.ts'
import { masqueradedNetworks } from '../network/nft-script.ts'
import { reasonsToObserve } from '../network/obstacles.ts'
import type { Prober } from '../probe/port.ts'
import { adviseForwarding } from '../report/advice.ts'
import { describeFound } from '../report/found.ts'
import { describeCommand } from '../report/phrases.ts'
import { Announcer, wansInUse } from './announcer.ts'
import type { Clock } from './clock.ts'
import type { DaemonEvent, EventQueue } from './event-queue.ts'
import type { Memory } from './memory.ts'
import { Reconciler } from './reconciler.ts'
import { WanBoard } from './wan-board.ts'
import { WanFigures } from './wan-figures.ts'

export interface DaemonParts {
  readonly settings: Settings
  readonly version: string
  readonly clock: Clock
  readonly kernel: Kernel
  readonly prober: Prober
  readonly homeAssistant: HomeAssistant
  readonly memory: Memory
  readonly log: Log
  readonly queue: EventQueue
}

export class Daemon {
  readonly #parts: DaemonParts
  readonly #board: WanBoard
  readonly #reconciler: Reconciler
  readonly #figures: WanFigures
  readonly #announcer: Announcer
  /** What was decided last, and what a command has made of it since. */
  #decision: Decision
  #capabilities: Capabilities = nothingPossible
  /** Why nothing is set up until the user says otherwise; empty: all is set up. */
  #observing: readonly string[] = []
  /** The WANs whose running flows stay on them; null where connections can't be marked. */
  #keptFlows: readonly string[] | null = null
  #lookAtMs = 0
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #decideAtMs = Number.POSITIVE_INFINITY
  /** As it was read last. */
  #host: HostState | null = null
  #lastingProblems: readonly string[] = []
  #kernelProblems: readonly string[] = []
  #refusal: string | null = null

  constructor(parts: DaemonParts) {
    this.#parts = parts
    const nowMs = parts.clock.nowMs()
    this.#board = new WanBoard(parts.settings, nowMs)
    this.#reconciler = new Reconciler(parts.kernel, parts.log)
    this.#figures = new WanFigures(parts)
    const { mode } = parts.memory.load()
    const known = parts.settings.wans.some(({ name }) => name === mode)
    this.#decision = { ...undecided, mode: known ? mode : 'automatic' }
    const { board, figures } = { board: this.#board, figures: this.#figures }
    this.#announcer = new Announcer({ ...parts, board, figures }, this.#decision)
  }

  /** The newest published state; null before the first one. */
  snapshot(): Snapshot | null {
    return this.#announcer.snapshot
  }

  /** Runs until a `stop` event; then restores or keeps, as the options say. */
  async run(): Promise<void> {
    const { queue } = this.#parts
    await this.#start()
    let stopping = false
    while (!stopping) {
      const events = await queue.take(this.#wakeAtMs())
      stopping = events.some(({ kind }) => kind === 'stop')
      if (!stopping) await this.#turn(events)
    }
    await this.#stop()
  }

  async #start(): Promise<void> {
    const { kernel, log, settings, memory, queue } = this.#parts
    kernel.watch((sign) => queue.push({ kind: 'sign', sign }))
    this.#capabilities = await kernel.capabilities()
    const host = await kernel.read()
    this.#board.locate(host, this.#parts.clock.nowMs())
    const advice = adviseForwarding(await kernel.forwarding(), this.#board.uplinks)
    for (const { level, text } of advice) {
      if (level === 'error') log.warn(text)
      else log.info(text)
    }
    this.#lastingProblems = advice.filter(({ level }) => level === 'error').map(({ text }) => text)
    this.#observing = memory.load().mayOverride ? [] : reasonsToObserve(host)
    if (settings.wans.length === 0) {
      this.#observing = ['no WANs are given in the options']
      for (const found of describeFound(host)) log.info(`found ${found}`)
    }
    for (const reason of this.#observing) log.warn(`observing only, nothing is set up: ${reason}`)
    this.#adopt(host)
    await this.#turn([])
  }

  /** What an earlier run left standing is the decision before ours. */
  #adopt(host: HostState): void {
    const table = activeTable(host)
    const uplink = this.#board.uplinks.find((candidate) => candidate.table === table)
    if (uplink === undefined) return
    const reason = `${uplink.name} was in use when this started`
    const policies = new Map([['default', { wan: uplink.name, reason }]])
    this.#decision = { ...this.#decision, policies }
    this.#parts.log.info(`found the rules of an earlier run: ${uplink.name} is in use`)
  }

  #wakeAtMs(): number {
    const probing = this.#observing.length > 0 ? Number.POSITIVE_INFINITY : this.#board.wakeAtMs()
    return Math.min(this.#lookAtMs, this.#decideAtMs, this.#announcer.wakeAtMs, probing)
  }

  async #turn(events: readonly DaemonEvent[]): Promise<void> {
    const { clock, settings, prober } = this.#parts
    let hurry = false
    for (const event of events) hurry = this.#handle(event) || hurry
    const host = clock.nowMs() >= this.#lookAtMs ? await this.#look() : null
    const active = this.#observing.length === 0
    const nowMs = clock.nowMs()
    if (active) this.#board.judge(nowMs)
    const healths = this.#board.healths(nowMs)
    const outcome = decide(this.#decision, { settings, healths, nowMs, hurry })
    this.#decision = outcome.decision
    this.#decideAtMs = outcome.wakeAtMs
    const moved = outcome.moves.length > 0
    const kept = this.#capabilities.ctMark ? keptFlows(settings, healths, outcome.decision) : null
    const flowsChange = JSON.stringify(kept) !== JSON.stringify(this.#keptFlows)
    this.#keptFlows = kept
    let switchMs: number | null = null
    if (active && (moved || flowsChange || host !== null)) {
      const done = await this.#carryOut(outcome, host ?? (await this.#look()))
      switchMs = moved && done ? Math.round(clock.nowMs() - nowMs) : null
    }
    // Only now: before the first pass no rule keeps a probe on its WAN.
    const requests = active ? this.#board.dueProbes(clock.nowMs()) : []
    for (const request of requests) prober.send(request)
    this.#announcer.tell({ healths, decision: outcome.decision }, { nowMs, switchMs })
    if (switchMs !== null) await this.#forgetOldFlows()
    await this.#announcer.publish({
      capabilities: this.#capabilities,
      observing: this.#observing,
      problems: this.#problems(),
    })
  }

  /** Returns whether the user wants something now. */
  #handle(event: DaemonEvent): boolean {
    const nowMs = this.#parts.clock.nowMs()
    switch (event.kind) {
      case 'probe':
        this.#board.take(event.result, nowMs)
        return false
      case 'sign': {
        this.#reconciler.sign(nowMs)
        this.#lookNoLaterThan(Math.max(nowMs, this.#lookedAtMs + lookGapMs))
        const { sign } = event
        if (sign.kind === 'neighbour_failed') {
          this.#board.neighbourFailed(sign.address, sign.link, nowMs)
        }
        return false
      }
      case 'public_address':
        this.#figures.learnAddress(event.wan, event.address)
        this.#announcer.hurry()
        return false
      case 'command':
        return this.#obey(event.command)
      case 'stop':
        return false
    }
  }

  #obey(command: Command): boolean {
    const { settings, clock, log, memory } = this.#parts
    const nowMs = clock.nowMs()
    const healths = this.#board.healths(nowMs)
    const told = obey(command, this.#decision, { settings, healths, nowMs })
    this.#announcer.hurry()
    if (told.kind === 'refused') {
      this.#refusal = `${describeCommand(command)} was refused: ${told.reason}`
      log.warn(this.#refusal)
      return false
    }
    this.#refusal = null
    log.info(`asked for: ${describeCommand(command)}`)
    this.#decision = told.decision
    if (command.kind !== 'set_mode') return true
    memory.save({ mode: told.decision.mode, mayOverride: true })
    if (settings.wans.length > 0) this.#observing = []
    this.#lookNoLaterThan(nowMs)
    return true
  }

  #lookNoLaterThan(atMs: number): void {
    this.#lookAtMs = Math.min(this.#lookAtMs, atMs)
  }

  /** Reads the host anew and tells the monitors where their WANs are. */
  async #look(): Promise<HostState | null> {
    const { kernel, clock } = this.#parts
    this.#lookedAtMs = clock.nowMs()
    this.#lookAtMs = this.#lookedAtMs + slowLookMs
    try {
      this.#host = await kernel.read()
    } catch (error) {
      this.#kernelFails('reading the host', error)
      return null
    }
    this.#board.locate(this.#host, clock.nowMs())
    return this.#host
  }

  /** Returns whether it is done; where the kernel could not be asked it is tried again. */
  async #carryOut(outcome: Outcome, host: HostState | null): Promise<boolean> {
    if (host === null) return false
    try {
      await this.#reconcile(outcome, host)
      return true
    } catch (error) {
      this.#kernelFails('setting up rules and routes', error)
      return false
    }
  }

  #kernelFails(doing: string, error: unknown): void {
    const { clock, log } = this.#parts
    const problem = `${doing} failed: ${error instanceof Error ? error.message : String(error)}`
    if (!this.#kernelProblems.includes(problem)) log.error(problem)
    this.#kernelProblems = [problem]
    this.#lookNoLaterThan(clock.nowMs() + retryMs)
    this.#announcer.hurry()
  }

  async #reconcile({ decision }: Outcome, host: HostState): Promise<void> {
    const { settings, clock } = this.#parts
    const { uplinks } = this.#board
    const keptFlows = this.#keptFlows
    const desired = desiredState({ settings, uplinks, decision, host, keptFlows })
    const done = await this.#reconciler.reconcile(desired, host, {
      uplinks,
      nowMs: clock.nowMs(),
    })
    this.#kernelProblems = done.problems
    this.#lookNoLaterThan(done.laterAtMs)
    const [target] = settings.probe.targets
    if (target !== undefined) {
      const active = decision.policies.get('default')?.wan ?? null
      const question = { host: done.host, target, active }
      const { hijacks, astray } = await this.#reconciler.whoTakes(uplinks, question)
      this.#board.tellHijacks(hijacks, clock.nowMs())
      if (astray !== null) this.#kernelProblems = [...done.problems, astray]
    }
    this.#board.tellUse(wansInUse(decision), clock.nowMs())
  }

  /** Flows that began untranslated would leave the new WAN with an address of the old one. */
  async #forgetOldFlows(): Promise<void> {
    const { settings, kernel, log } = this.#parts
    if (this.#host === null) return
    const sources = masqueradedNetworks(settings, this.#board.uplinks, this.#host)
    if (sources.length === 0) return
    const forgotten = await kernel.forgetUnmasqueraded(sources)
    if (forgotten > 0) log.info(`${forgotten} flows from before start anew, translated`)
  }

  #problems(): string[] {
    const refusal = this.#refusal === null ? [] : [this.#refusal]
    return [...this.#kernelProblems, ...refusal, ...this.#lastingProblems]
  }

  async #stop(): Promise<void> {
    const { settings, log, homeAssistant, prober, kernel } = this.#parts
    prober.close()
    if (settings.onStop === 'keep') {
      log.info('stopped; the rules stay as they are (on_stop: keep)')
    } else {
      const left = await this.#reconciler.restore(nothing)
      for (const problem of left) log.error(problem)
      log.info('stopped; the host is as it was before')
    }
    await homeAssistant.close()
    await kernel.close()
  }
}

const retryMs = 2_000

const nothingPossible: Capabilities = {
  nft: false,
  ctMark: false,
  conntrack: false,
  multipath: false,
  forwarding: false,
}
/** NetworkManager and others may change things without an event that we understand. */
const slowLookMs = 30_000
/** Docker makes dozens of changes for one container; each look costs milliseconds. */
const lookGapMs = 20
