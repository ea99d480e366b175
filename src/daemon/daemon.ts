import { byFamily } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import type { DaemonEvent } from '../model/event.ts'
import type { Capabilities, HostState, LinkBytes } from '../model/host.ts'
import type { Snapshot } from '../model/published/snapshot.ts'
import type { Settings } from '../model/settings/settings.ts'
import { tunnelLink } from '../model/settings/tunnel-settings.ts'
import type { Uplink } from '../model/uplink.ts'
import { followedBypasses } from '../network/rules/followers.ts'
import { describeBypasses } from '../report/bypass-phrases.ts'
import { describeFound } from '../report/found.ts'
import { describeGrade } from '../report/grade.ts'
import { meteringHints } from '../report/metering-hints.ts'
import type { Concern, Now } from '../turn/concern.ts'
import type { Intent, Standing } from '../turn/intent.ts'
import { Turn } from '../turn/turn.ts'
import type { Clock } from './clock.ts'
import { type ErrandParts, Errands } from './errands.ts'
import { type Acquaintance, HostKeeper } from './host-keeper.ts'

export interface DaemonParts extends ErrandParts {
  readonly settings: Settings
  readonly version: string
  /** What takes part in each turn, see `turn/every-concern.ts`. */
  readonly concerns: readonly Concern[]
  readonly clock: Clock
  /** Why nothing may be set up, whatever the user chooses; left out: it may. */
  readonly obstacles?: readonly string[]
  /** The WANs that answered in a round before anything changes; left out: nobody was asked. */
  readonly answered?: ReadonlySet<string>
}

/** What the daemon goes by at this moment, for those who explain it to people. */
export interface DaemonView {
  readonly host: HostState
  readonly uplinks: readonly Uplink[]
  readonly decision: Decision
  /** Where new connections are led: elsewhere while they avoid a WAN that is silent. */
  readonly routed: Decision
  readonly capabilities: Capabilities
  readonly observing: readonly string[]
  /** What on this host keeps packets from getting through or from following, and names one day. */
  readonly advice: readonly string[]
}

export class Daemon {
  readonly #parts: DaemonParts
  readonly #keeper: HostKeeper
  readonly #turn: Turn
  readonly #errands: Errands
  /** As it was read last; null before the first time. */
  #host: HostState | null = null
  /** When the loop last took what had happened, or began to start or stop. */
  #turnedAtMs: number

  constructor(parts: DaemonParts) {
    this.#parts = parts
    this.#turnedAtMs = parts.clock.nowMs()
    this.#keeper = new HostKeeper(parts)
    this.#errands = new Errands(parts)
    this.#turn = new Turn({ ...parts, remembered: parts.memory.load() }, this.#turnedAtMs)
  }

  /** The newest published state; null before the first one. */
  snapshot(): Snapshot | null {
    return this.#errands.snapshot
  }

  /** null before the host was read for the first time. */
  view(): DaemonView | null {
    if (this.#host === null) return null
    const { uplinks, decision, routed, capabilities, observing } = this.#turn
    const host = this.#host
    const { settings } = this.#parts
    const bypasses =
      observing.length > 0 ? [] : followedBypasses({ settings, uplinks, decision, host })
    const advice = [...describeBypasses(bypasses), ...this.#turn.advice]
    return { host, uplinks, decision, routed, capabilities, observing, advice }
  }

  /**
   * Whether the loop has turned lately, whatever its WANs are like: what a watchdog asks. The
   * snapshot alone is due every ten seconds, so a loop that stands still for longer hangs.
   */
  loopIsAlive(): boolean {
    return this.#parts.clock.nowMs() - this.#turnedAtMs < longestTurnMs
  }

  /** Runs until a `stop` event; then restores or keeps, as that or the options say. */
  async run(): Promise<void> {
    const { queue } = this.#parts
    const early: DaemonEvent[] = []
    const met = await this.#meet(early)
    if (met !== null) await this.#start(met)
    let untilMs = this.#parts.clock.nowMs()
    for (;;) {
      const events = [...early.splice(0), ...(await queue.take(untilMs))]
      const stop = events.find((event) => event.kind === 'stop')
      if (stop !== undefined) {
        this.#turn.take(
          events.filter(({ kind }) => kind === 'command'),
          this.#now(),
        )
        // Who begins anew in this process goes on in the pair.
        if (stop.leave !== 'standing') await this.#errands.leavePair()
        return this.#stop(stop.leave ?? this.#leaveByOptions())
      }
      await this.#takeTurn(events)
      untilMs = Math.min(this.#keeper.lookAtMs, this.#turn.wakeAtMs())
    }
  }

  /**
   * Tries until its tools say what this host is, for they may fail while a machine boots. What
   * happens meanwhile goes into `early`, but for signs: the next try sees what they are of. null
   * where the daemon is to stop first.
   */
  async #meet(early: DaemonEvent[]): Promise<Acquaintance | null> {
    const { kernel, queue, clock } = this.#parts
    kernel.watch((sign) => queue.push({ kind: 'sign', sign }))
    for (;;) {
      this.#turnedAtMs = clock.nowMs()
      const met = await this.#keeper.meet()
      if (met !== null) return met
      while (clock.nowMs() < this.#keeper.lookAtMs) {
        const events = await queue.take(this.#keeper.lookAtMs)
        early.push(...events.filter(({ kind }) => kind !== 'sign'))
        early.splice(0, early.length - mostEarly)
        if (events.some(({ kind }) => kind === 'stop')) return null
      }
    }
  }

  async #start({ host, capabilities, forwarding }: Acquaintance): Promise<void> {
    const { settings } = this.#parts
    this.#host = host
    const errands = this.#turn.start({ host, capabilities }, this.#now())
    this.#turn.take([{ kind: 'forwarding', forwarding }], this.#now())
    const wanted = settings.wans.filter(({ tunnel }) => tunnel !== undefined)
    await this.#parts.dialler?.hangUp()
    await this.#keepTunnels(wanted.map(({ name }) => tunnelLink(name)))
    this.#introduce(capabilities, host)
    await this.#errands.finish(errands)
  }

  /** What the start has found, in the log. */
  #introduce(capabilities: Capabilities, host: HostState): void {
    const { log, settings } = this.#parts
    for (const sentence of describeGrade(capabilities)) log.info(sentence)
    for (const hint of meteringHints(settings, this.#turn.uplinks)) log.info(hint)
    if (settings.wans.length > 1) return
    for (const found of describeFound(host)) log.info(`found ${found}`)
  }

  async #takeTurn(events: readonly DaemonEvent[]): Promise<void> {
    const turn = this.#turn
    const keeper = this.#keeper
    this.#turnedAtMs = this.#parts.clock.nowMs()
    if (events.some(({ kind }) => kind === 'sign')) keeper.sign(this.#turnedAtMs)
    turn.take(events, this.#now())
    const host = this.#parts.clock.nowMs() >= keeper.lookAtMs ? await this.#look() : null
    const links = turn.linksToRead(this.#now())
    if (links.length > 0) {
      turn.take([{ kind: 'link_bytes', bytes: await this.#bytesOf(links) }], this.#now())
    }
    const intent = turn.decide(this.#now())
    const standing = intent.isDue ? await this.#carryOut(intent, host) : null
    await this.#errands.begin(turn.afterwards(standing, keeper.problems, this.#now()))
  }

  async #look(): Promise<HostState | null> {
    const host = await this.#keeper.look()
    if (host === null) return null
    this.#host = host
    this.#turn.see(host, this.#parts.clock.nowMs())
    return host
  }

  async #carryOut(intent: Intent, seen: HostState | null): Promise<Standing> {
    const { settings } = this.#parts
    const host = seen ?? (await this.#look())
    if (host === null) return { stands: byFamily(() => false), hijacks: null }
    const { uplinks, capabilities } = this.#turn
    const { nat6 = true, prefix6 = true, dnat = true, setCounters = true } = capabilities
    const { decision, wishes } = intent
    const can = { nat6, prefix6, dnat, setCounters }
    return this.#keeper.carryOut({ settings, uplinks, decision, host, ...can, ...wishes })
  }

  async #bytesOf(links: readonly string[]): Promise<ReadonlyMap<string, LinkBytes>> {
    const bytes = new Map<string, LinkBytes>()
    for (const link of links) {
      const read = await this.#parts.kernel.linkBytes(link)
      if (read !== null) bytes.set(link, read)
    }
    return bytes
  }

  async #stop(leave: 'standing' | 'clean'): Promise<void> {
    const { log, audience, prober, kernel, queue, memory } = this.#parts
    this.#turnedAtMs = this.#parts.clock.nowMs()
    await this.#errands.closeFlows()
    prober.close()
    for (let errands = this.#turn.stop(); errands.length > 0; errands = this.#turn.stop()) {
      await this.#errands.finish(errands)
      this.#turn.take(await queue.take(this.#parts.clock.nowMs()), this.#now())
    }
    // While its rule is there, so that the goodbye goes by the line.
    await this.#parts.dialler?.hangUp()
    if (leave === 'standing') {
      log.info('stopped; the rules stay as they are')
    } else {
      await this.#keeper.restore()
      await this.#keepTunnels([])
    }
    this.#parts.tunnels?.close()
    await audience.close()
    // Whoever was told that it was taken finds it in force at the next start.
    this.#turn.take(queue.takeCommands(), this.#now())
    await this.#errands.finish(this.#turn.commanded())
    await kernel.close()
    await memory.settled
  }

  /** Devices of tunnels that the options no longer name go. */
  async #keepTunnels(links: readonly string[]): Promise<void> {
    const { tunnels, log } = this.#parts
    for (const problem of (await tunnels?.keepOnly(links)) ?? []) log.error(problem)
  }

  #leaveByOptions(): 'standing' | 'clean' {
    return this.#parts.settings.onStop === 'keep' ? 'standing' : 'clean'
  }

  #now(): Now {
    const { clock } = this.#parts
    return { nowMs: clock.nowMs(), wallMs: clock.wallMs() }
  }
}

const mostEarly = 100
/** Several of the kernel's tools may run into their time-outs in one turn; more than that is a hang. */
const longestTurnMs = 45_000
