/**
 * Looks at the host and keeps it as decided: when to look, what to do where the kernel doesn't
 * answer. It decides nothing about WANs, and says what it has learned in what it returns.
 */
import type { Kernel } from '../kernel/port.ts'
import type { TunnelDevices } from '../kernel/tunnels/port.ts'
import { byFamily } from '../model/address.ts'
import { messageOf } from '../model/caught-error.ts'
import type { Capabilities, ForwardingState, HostState } from '../model/host.ts'
import type { Log } from '../model/log.ts'
import type { Settings } from '../model/settings/settings.ts'
import { targetsOf } from '../model/settings/targets-of.ts'
import { desiredState, nothing } from '../network/desired-state.ts'
import type { Change } from '../network/diff/change.ts'
import { detour } from '../network/diff/detour.ts'
import { withoutShared } from '../network/pair/pair-place.ts'
import { turnedRides } from '../network/rules/ride-rows.ts'
import type { Wanted } from '../network/wanted.ts'
import type { Standing } from '../turn/intent.ts'
import type { Clock } from './clock.ts'
import { Reconciler } from './reconciler.ts'

export interface HostKeeperParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly kernel: Kernel
  readonly log: Log
  /** Left out: there are none. */
  readonly tunnels?: Pick<TunnelDevices, 'nudge'>
}

/** What a daemon goes by from its first turn on. */
export interface Acquaintance {
  readonly host: HostState
  readonly capabilities: Capabilities
  readonly forwarding: ForwardingState
}

export class HostKeeper {
  readonly #parts: HostKeeperParts
  readonly #reconciler: Reconciler
  #lookAtMs = 0
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #problems: readonly string[] = []

  constructor(parts: HostKeeperParts) {
    this.#parts = parts
    const tell = (changes: readonly Change[]) => this.#tellServers(changes)
    this.#reconciler = new Reconciler(parts.kernel, parts.log, tell)
  }

  /** When to look at the host again. */
  get lookAtMs(): number {
    return this.#lookAtMs
  }

  /** What keeps the kernel from being as decided, in plain words. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /** Something has changed: look, but not more often than a busy host can bear. */
  sign(nowMs: number): void {
    this.#reconciler.sign(nowMs)
    this.#lookNoLaterThan(Math.max(nowMs, this.#lookedAtMs + lookGapMs))
  }

  /** Reads the host again; null where it can't be read now. */
  async look(): Promise<HostState | null> {
    const { kernel, clock, settings } = this.#parts
    this.#lookedAtMs = clock.nowMs()
    this.#lookAtMs = this.#lookedAtMs + slowLookMs
    try {
      return withoutShared(await kernel.read(), settings.pair)
    } catch (error) {
      this.#fails('reading the host', error)
      return null
    }
  }

  /** Learns what this host is and can do; null where a tool fails it now. */
  async meet(): Promise<Acquaintance | null> {
    const { kernel } = this.#parts
    const host = await this.look()
    if (host === null) return null
    try {
      const capabilities = await kernel.capabilities()
      return { host, capabilities, forwarding: await kernel.forwarding() }
    } catch (error) {
      this.#fails('trying what this machine can do', error)
      return null
    }
  }

  /** Sets up what is wanted on a host that was just read. What the kernel refused is tried again soon. */
  async carryOut(wanted: Wanted): Promise<Standing> {
    try {
      return await this.#reconcile(wanted)
    } catch (error) {
      this.#fails('setting up rules and routes', error)
      return { stands: byFamily(() => false), hijacks: null }
    }
  }

  /** Takes everything of ours away, and logs what it could not. */
  async restore(): Promise<void> {
    const { log } = this.#parts
    const left = await this.#reconciler
      .restore(nothing)
      .catch((error: unknown) => [`removing our rules failed: ${String(error)}`])
    for (const problem of left) log.error(problem)
    if (left.length === 0) log.info('stopped; the host is as it was before')
    else log.error("stopped; run 'wan-failover cleanup' to remove what is left")
  }

  async #reconcile(wanted: Wanted): Promise<Standing> {
    const { settings, clock } = this.#parts
    const { uplinks, decision, host } = wanted
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
    this.#lookNoLaterThan(done.laterAtMs)
    const targets = new Map(
      settings.wans.map((wan) => {
        const targets = targetsOf(wan, settings.probe)
        return [wan.name, byFamily((family) => targets[family][0])] as const
      }),
    )
    const active = decision.policies.get('default')?.ipv4.wan ?? null
    const question = { host: done.host, targets, active }
    const { hijacks, astray } = await this.#reconciler.whoTakes(uplinks, question)
    if (astray !== null) this.#problems = [...done.problems, astray]
    return { stands: done.decided, hijacks }
  }

  /**
   * Until a program's WireGuard is told, it sends with the address of the line that was left: that is
   * a gap inside, so it doesn't wait until all is read back.
   */
  #tellServers(changes: readonly Change[]): void {
    const { settings, tunnels, log } = this.#parts
    if (tunnels === undefined) return
    for (const tunnel of turnedRides(settings, changes)) {
      tunnels.nudge(tunnel).catch((error: unknown) => log.debug(String(error)))
    }
  }

  #lookNoLaterThan(atMs: number): void {
    this.#lookAtMs = Math.min(this.#lookAtMs, atMs)
  }

  #fails(doing: string, error: unknown): void {
    const { clock, log } = this.#parts
    const problem = `${doing} failed: ${messageOf(error)}`
    if (!this.#problems.includes(problem)) log.error(problem)
    this.#problems = [problem]
    this.#lookNoLaterThan(clock.nowMs() + retryMs)
  }
}

const retryMs = 2_000
/** NetworkManager and others may change things without an event that we understand. */
const slowLookMs = 30_000
/** Docker makes dozens of changes for one container; each look costs milliseconds. */
const lookGapMs = 20
