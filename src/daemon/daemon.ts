/**
 * The daemon: one queue, one loop. Every event waits in the queue until the loop takes it; a turn
 * runs from the events over healths and the decision to the kernel, reads back what it did, and
 * publishes. Nothing acts inside a callback. It must never change the kernel without a reason, and
 * its end leaves the last decision standing.
 */
import type { Moment } from '../decision/changes.ts'
import { decide, undecided, wansInUse } from '../decision/decide.ts'
import { obey } from '../decision/obey.ts'
import type { Kernel } from '../kernel/port.ts'
import type { Audience } from '../model/audience.ts'
import type { Command, Decision } from '../model/decision.ts'
import type { Capabilities, HostState } from '../model/host.ts'
import type { Log } from '../model/log.ts'
import type { Settings } from '../model/settings.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { adoptedWans } from '../network/adopted.ts'
import { reasonsToObserve } from '../network/obstacles.ts'
import type { Uplink } from '../network/uplinks.ts'
import type { FlowWishes, MeteringWishes } from '../network/wanted.ts'
import type { Prober } from '../probe/port.ts'
import { type Advice, adviseForwarding } from '../report/advice.ts'
import { describeFound } from '../report/found.ts'
import { describeGrade } from '../report/grade.ts'
import { meteringHints } from '../report/metering-hints.ts'
import { describeCommand } from '../report/phrases.ts'
import { Announcer } from './announcer.ts'
import type { Clock } from './clock.ts'
import type { DaemonEvent, EventQueue } from './event-queue.ts'
import { FlowKeeper } from './flow-keeper.ts'
import { HostKeeper } from './host-keeper.ts'
import { IncomingWatch } from './incoming-watch.ts'
import type { Memory } from './memory.ts'
import { Meter } from './meter.ts'
import { WanBoard } from './wan-board.ts'
import { WanFigures } from './wan-figures.ts'

export interface DaemonParts {
  readonly settings: Settings
  readonly version: string
  readonly clock: Clock
  readonly kernel: Kernel
  readonly prober: Prober
  readonly audience: Audience
  readonly memory: Memory
  readonly log: Log
  readonly queue: EventQueue
}

/** What the daemon goes by at this moment, to explain it to people. */
export interface DaemonView {
  readonly host: HostState
  readonly uplinks: readonly Uplink[]
  readonly decision: Decision
  readonly capabilities: Capabilities
  readonly observing: readonly string[]
  /** What on this host keeps clients' packets from getting through, as the start found it. */
  readonly advice: readonly string[]
}

export class Daemon {
  readonly #parts: DaemonParts
  readonly #board: WanBoard
  readonly #keeper: HostKeeper
  readonly #figures: WanFigures
  readonly #flows: FlowKeeper
  readonly #meter: Meter
  readonly #incoming: IncomingWatch
  readonly #announcer: Announcer
  /** What was decided last, and what a command has made of it since. */
  #decision: Decision
  #capabilities: Capabilities = nothingPossible
  /** Why nothing is set up until the user says otherwise; empty: all is set up. */
  #observing: readonly string[] = []
  #mayOverride: boolean
  /** What was wanted of nft beside the decision, as it was carried out last. */
  #wish = ''
  #decideAtMs = Number.POSITIVE_INFINITY
  /** When the move was decided that is not carried out yet; null: traffic is where it should be. */
  #movedAtMs: number | null = null
  #advice: readonly Advice[] = []
  #refusal: string | null = null
  /** What is wrong in Home Assistant, as of its last report. */
  #foreignProblem: string | null = null
  /** When the loop last took what had happened, or began to start or stop. */
  #turnedAtMs: number

  constructor(parts: DaemonParts) {
    this.#parts = parts
    const nowMs = parts.clock.nowMs()
    this.#turnedAtMs = nowMs
    this.#board = new WanBoard(parts.settings, nowMs)
    this.#keeper = new HostKeeper({ ...parts, board: this.#board })
    this.#figures = new WanFigures(parts)
    this.#flows = new FlowKeeper({ ...parts, board: this.#board })
    this.#meter = new Meter(parts)
    this.#incoming = new IncomingWatch({ ...parts, board: this.#board })
    const { mode, mayOverride } = parts.memory.load()
    this.#mayOverride = mayOverride
    const known = parts.settings.wans.some(({ name }) => name === mode)
    this.#decision = { ...undecided, mode: known ? mode : 'automatic' }
    const tellers = { ...parts, board: this.#board, figures: this.#figures, meter: this.#meter }
    this.#announcer = new Announcer(tellers, this.#decision)
  }

  /** The newest published state; null before the first one. */
  snapshot(): Snapshot | null {
    return this.#announcer.snapshot
  }

  /** null before the host was read for the first time. */
  view(): DaemonView | null {
    const { host } = this.#keeper
    if (host === null) return null
    return {
      host,
      uplinks: this.#board.uplinks,
      decision: this.#decision,
      capabilities: this.#capabilities,
      observing: this.#observing,
      advice: this.#advice.map(({ text }) => text),
    }
  }

  /**
   * Whether the loop has turned lately, whatever its WANs are like: what a watchdog asks. The
   * snapshot alone is due every ten seconds, so a loop that stands still for longer hangs.
   */
  loopIsAlive(): boolean {
    return this.#parts.clock.nowMs() - this.#turnedAtMs < longestTurnMs
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
    const { kernel, log, settings, queue } = this.#parts
    kernel.watch((sign) => queue.push({ kind: 'sign', sign }))
    this.#capabilities = await kernel.capabilities()
    const host = await kernel.read()
    this.#board.locate(host, this.#parts.clock.nowMs())
    this.#advice = adviseForwarding(await kernel.forwarding(), this.#board.uplinks)
    for (const { level, text } of this.#advice) {
      if (level === 'error') log.warn(text)
      else log.info(text)
    }
    for (const sentence of describeGrade(this.#capabilities)) log.info(sentence)
    for (const hint of meteringHints(settings, this.#board.uplinks)) log.info(hint)
    this.#observing = this.#mayOverride ? [] : reasonsToObserve(host)
    if (settings.wans.length === 0) {
      this.#observing = ['the options name no WAN']
      for (const found of describeFound(host)) log.info(`found ${found}`)
    }
    for (const reason of this.#observing) log.warn(`observing only, nothing is set up: ${reason}`)
    this.#adopt(host)
    await this.#meter.start()
    await this.#turn([])
  }

  /** What an earlier run left standing is the decision before ours. */
  #adopt(host: HostState): void {
    const { settings, log } = this.#parts
    const { uplinks } = this.#board
    const wans = adoptedWans({ settings, uplinks, host }, this.#decision)
    const active = wans.get('default')
    if (wans.size === 0) return
    const policies = new Map(
      [...wans].map(([name, wan]) => [name, { wan, reason: `${wan} was in use at the start` }]),
    )
    this.#decision = { ...this.#decision, policies }
    log.info(`found the rules of an earlier run: ${active ?? 'no WAN'} is in use`)
  }

  #wakeAtMs(): number {
    const probing = this.#observing.length > 0 ? Number.POSITIVE_INFINITY : this.#board.wakeAtMs()
    return Math.min(
      this.#keeper.lookAtMs,
      this.#decideAtMs,
      this.#announcer.wakeAtMs,
      this.#flows.wakeAtMs(),
      this.#meter.wakeAtMs,
      this.#incoming.wakeAtMs,
      probing,
    )
  }

  async #turn(events: readonly DaemonEvent[]): Promise<void> {
    const { clock, settings, prober } = this.#parts
    const keeper = this.#keeper
    this.#turnedAtMs = clock.nowMs()
    let hurry = false
    for (const event of events) hurry = this.#handle(event) || hurry
    const host = clock.nowMs() >= keeper.lookAtMs ? await keeper.look() : null
    const active = this.#observing.length === 0
    for (const event of events) {
      if (event.kind === 'counters') await this.#incoming.compare(event.counters ?? new Map())
    }
    await this.#incoming.look(wansInUse(this.#decision))
    const nowMs = clock.nowMs()
    if (active) this.#board.judge(nowMs)
    const healths = this.#board.healths(nowMs)
    const outcome = decide(this.#decision, {
      ...{ settings, healths, nowMs, hurry },
      capped: this.#meter.capped,
    })
    this.#decision = outcome.decision
    this.#decideAtMs = outcome.wakeAtMs
    const moved = outcome.moves.length > 0
    if (active && moved) this.#movedAtMs ??= nowMs
    const moving = this.#movedAtMs !== null
    const { ctMark: canMark, conntrack: canList } = this.#capabilities
    const flows = this.#flows.wishes(outcome, { healths, nowMs, canMark, canList })
    const metering = this.#meter.wishes()
    const wish = wishKey(flows, metering)
    const wishesChange = wish !== this.#wish
    this.#wish = wish
    let decided = !moving
    if (active && (moved || wishesChange || host !== null)) {
      const seen = host ?? (await keeper.look())
      const nat6 = this.#capabilities.nat6 ?? true
      decided = await keeper.carryOut(outcome.decision, seen, { flows, metering, nat6 })
    }
    // Only now: before the first pass no rule keeps a probe on its WAN.
    const requests = active ? this.#board.dueProbes(clock.nowMs()) : []
    for (const request of requests) prober.send(request)
    this.#tell({ healths, decision: outcome.decision }, { nowMs, decided })
    this.#flows.carriedOut(active && decided, nowMs)
    if (moving && decided) {
      this.#flows.afterwards('forgetting untranslated connections', () => keeper.forgetOldFlows())
    }
    await this.#announcer.publish({
      capabilities: this.#capabilities,
      observing: this.#observing,
      problems: this.#problems(),
    })
    this.#meter.tend(nowMs, wansInUse(outcome.decision))
  }

  /** A move is announced when it is done: what the kernel refused has not happened. */
  #tell(moment: Moment, { nowMs, decided }: { nowMs: number; decided: boolean }): void {
    const startedMs = this.#movedAtMs
    if (decided || this.#observing.length > 0) {
      this.#movedAtMs = null
      const now = this.#parts.clock.nowMs()
      const switchMs = startedMs === null ? null : Math.round(now - startedMs)
      this.#announcer.tell(moment, { nowMs, switchMs })
      return
    }
    const { policies } = this.#announcer.told.decision
    const decision = { ...moment.decision, policies }
    this.#announcer.tell({ ...moment, decision }, { nowMs, switchMs: null })
  }

  /** Returns whether the user wants something now. */
  #handle(event: DaemonEvent): boolean {
    const nowMs = this.#parts.clock.nowMs()
    switch (event.kind) {
      case 'probe':
        this.#board.take(event.result, nowMs)
        return false
      case 'sign': {
        this.#keeper.sign(nowMs)
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
      case 'counters':
        if (this.#meter.take(event.counters)) this.#announcer.hurry()
        return false
      case 'command':
        return this.#obey(event.command)
      case 'foreign_problem':
        this.#foreignProblem = event.problem
        return false
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
    log.info(`on request: ${describeCommand(command)}`)
    this.#decision = told.decision
    if (command.kind !== 'set_mode') return true
    // A user who chooses a mode while we only observe knows why, and wants it all the same.
    if (this.#observing.length > 0 && settings.wans.length > 0) {
      this.#mayOverride = true
      this.#observing = []
      this.#keeper.lookNoLaterThan(nowMs)
    }
    memory.save({ mode: told.decision.mode, mayOverride: this.#mayOverride })
    return true
  }

  #problems(): string[] {
    const { tunnels, problems } = this.#keeper
    const accepted = this.#mayOverride || this.#observing.length > 0
    const beside = accepted ? [] : tunnels.map(besideTunnel)
    const refusal = this.#refusal === null ? [] : [this.#refusal]
    const lasting = this.#advice.filter(({ level }) => level === 'error').map(({ text }) => text)
    const foreign = this.#foreignProblem === null ? [] : [this.#foreignProblem]
    return [...problems, ...this.#meter.problems(), ...beside, ...refusal, ...foreign, ...lasting]
  }

  async #stop(): Promise<void> {
    const { settings, log, audience, prober, kernel } = this.#parts
    this.#turnedAtMs = this.#parts.clock.nowMs()
    await this.#flows.finish()
    prober.close()
    await this.#meter.stop()
    if (settings.onStop === 'keep') {
      log.info('stopped; the rules stay as they are (on_stop: keep)')
    } else {
      await this.#keeper.restore()
    }
    await audience.close()
    await kernel.close()
  }
}

/** What the WANs have used so far is no reason to change the table. */
function wishKey(flows: FlowWishes, { caps }: MeteringWishes): string {
  return JSON.stringify([flows, caps.map(({ wan, month, limitBytes }) => [wan, month, limitBytes])])
}

/** It came while we run: ours go on, the next start would observe only. */
function besideTunnel(reason: string): string {
  return `${reason}; the default policy's rule still comes first`
}

/** Several of the kernel's tools may run into their time-outs in one turn; more than that is a hang. */
const longestTurnMs = 45_000

const nothingPossible: Capabilities = {
  nft: false,
  ctMark: false,
  conntrack: false,
  multipath: false,
  forwarding: false,
}
