/**
 * Looks at the host and keeps it as decided: when to look, what to do where the kernel can't be
 * asked, who stands in the way. It decides nothing about WANs.
 */
import { wansInUse } from '../decision/decide.ts'
import type { Kernel } from '../kernel/port.ts'
import type { Decision } from '../model/decision.ts'
import type { HostState } from '../model/host.ts'
import type { Log } from '../model/log.ts'
import type { Settings } from '../model/settings.ts'
import { desiredState, nothing } from '../network/desired-state.ts'
import { detour } from '../network/detour.ts'
import { reasonsToObserve } from '../network/obstacles.ts'
import { masqueradedNetworks } from '../network/translation-chains.ts'
import type { Wanted } from '../network/wanted.ts'
import type { Clock } from './clock.ts'
import { Reconciler } from './reconciler.ts'
import type { WanBoard } from './wan-board.ts'

export interface HostKeeperParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly kernel: Kernel
  readonly log: Log
  readonly board: WanBoard
}

/** What is wanted of the kernel beside the decision. */
export type KernelWishes = Required<Pick<Wanted, 'flows' | 'metering'>> & Pick<Wanted, 'nat6'>

export class HostKeeper {
  readonly #parts: HostKeeperParts
  readonly #reconciler: Reconciler
  #host: HostState | null = null
  #lookAtMs = 0
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #tunnels: readonly string[] = []
  #problems: readonly string[] = []

  constructor(parts: HostKeeperParts) {
    this.#parts = parts
    this.#reconciler = new Reconciler(parts.kernel, parts.log)
  }

  /** Why a start would observe only, as of the last look; empty where nothing speaks for it. */
  get tunnels(): readonly string[] {
    return this.#tunnels
  }

  /** The host as it was read last; null before the first time. */
  get host(): HostState | null {
    return this.#host
  }

  /** When it is to be looked at again. */
  get lookAtMs(): number {
    return this.#lookAtMs
  }

  /** What keeps the kernel from being as decided, in plain words. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /** Somebody changed something: look, but not more often than a busy host can bear. */
  sign(nowMs: number): void {
    this.#reconciler.sign(nowMs)
    this.lookNoLaterThan(Math.max(nowMs, this.#lookedAtMs + lookGapMs))
  }

  lookNoLaterThan(atMs: number): void {
    this.#lookAtMs = Math.min(this.#lookAtMs, atMs)
  }

  /** Reads the host again and updates where its WANs are; null where it can't be read now. */
  async look(): Promise<HostState | null> {
    const { kernel, clock, board } = this.#parts
    this.#lookedAtMs = clock.nowMs()
    this.#lookAtMs = this.#lookedAtMs + slowLookMs
    try {
      this.#host = await kernel.read()
    } catch (error) {
      this.#fails('reading the host', error)
      return null
    }
    this.#tunnels = reasonsToObserve(this.#host)
    board.locate(this.#host, clock.nowMs())
    return this.#host
  }

  /**
   * Sets up what was decided on a host that was just read. Returns whether traffic goes where it
   * was decided; where the kernel refused or could not be asked, it is tried again soon.
   */
  async carryOut(
    decision: Decision,
    host: HostState | null,
    wishes: KernelWishes,
  ): Promise<boolean> {
    if (host === null) return false
    try {
      return await this.#reconcile(decision, host, wishes)
    } catch (error) {
      this.#fails('setting up rules and routes', error)
      return false
    }
  }

  /** Flows that began untranslated would leave the new WAN with an address of the old one. */
  async forgetOldFlows(): Promise<void> {
    const { settings, kernel, log, board } = this.#parts
    if (this.#host === null) return
    const sources = masqueradedNetworks(settings, board.uplinks, this.#host)
    if (sources.length === 0) return
    const forgotten = await kernel.forgetUnmasqueraded(sources)
    if (forgotten > 0)
      log.info(`forgot ${forgotten} untranslated connections; they are translated now`)
  }

  /** Removes everything of ours, and logs what it could not. */
  async restore(): Promise<void> {
    const { log } = this.#parts
    const left = await this.#reconciler
      .restore(nothing)
      .catch((error: unknown) => [`removing our rules failed: ${String(error)}`])
    for (const problem of left) log.error(problem)
    if (left.length === 0) log.info('stopped; the host is as it was before')
    else log.error("stopped; run 'wan-failover cleanup' to remove what is left")
  }

  async #reconcile(decision: Decision, host: HostState, wishes: KernelWishes): Promise<boolean> {
    const { settings, clock, board } = this.#parts
    const { uplinks } = board
    const wanted = { settings, uplinks, decision, host, ...wishes }
    const way = detour(wanted)
    let desired = desiredState(wanted)
    let from = host
    if (way !== null) {
      const passed = await this.#reconciler.reconcile(way, host, { uplinks, nowMs: clock.nowMs() })
      from = passed.host
      // What stays is held by now; first nft again, and the unmarked would follow the old rule.
      desired = { ...desired, holdFirst: false }
    }
    const done = await this.#reconciler.reconcile(desired, from, { uplinks, nowMs: clock.nowMs() })
    this.#problems = done.problems
    this.lookNoLaterThan(done.laterAtMs)
    const [target] = settings.probe.targets
    if (target !== undefined) {
      const active = decision.policies.get('default')?.wan ?? null
      const question = { host: done.host, target, active }
      const { hijacks, astray } = await this.#reconciler.whoTakes(uplinks, question)
      board.tellHijacks(hijacks, clock.nowMs())
      if (astray !== null) this.#problems = [...done.problems, astray]
    }
    board.tellUse(wansInUse(decision), clock.nowMs())
    return done.decided
  }

  #fails(doing: string, error: unknown): void {
    const { clock, log } = this.#parts
    const problem = `${doing} failed: ${error instanceof Error ? error.message : String(error)}`
    if (!this.#problems.includes(problem)) log.error(problem)
    this.#problems = [problem]
    this.lookNoLaterThan(clock.nowMs() + retryMs)
  }
}

const retryMs = 2_000
/** NetworkManager and others may change things without an event that we understand. */
const slowLookMs = 30_000
/** Docker makes dozens of changes for one container; each look costs milliseconds. */
const lookGapMs = 20
