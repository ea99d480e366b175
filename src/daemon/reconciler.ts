/**
 * Brings the kernel to what is desired: reads, compares, applies, reads back, and takes its own
 * change back where it costs the host its way to a gateway. It decides nothing.
 */
import type { ChangeFailure, Kernel } from '../kernel/port.ts'
import { type ByFamily, byFamily, families } from '../model/address.ts'
import type { HostState } from '../model/host.ts'
import type { Log } from '../model/log.ts'
import { probeMark, probePorts } from '../model/marks.ts'
import { hasWay, type Uplink } from '../model/uplink.ts'
import type { Change } from '../network/diff/change.ts'
import { type Applied, diff, nowApplied } from '../network/diff/diff.ts'
import {
  changeKey,
  changePlace,
  describeChange,
  desiredKeys,
  followsDecision,
  inverse,
  isDeletion,
  isIpChange,
} from '../network/diff/operations.ts'
import { type Paced, Pacing } from '../network/diff/pacing.ts'
import { standingRescues } from '../network/nft/standing-rescues.ts'
import { type Taker, takerOf } from '../network/obstacles.ts'
import type { Packet } from '../network/routes/route-walk.ts'
import type { DesiredState } from '../network/wanted.ts'
import { haveWays, lostWays } from './gateway-ways.ts'
import { KernelProblems } from './kernel-problems.ts'

export interface Reconciliation {
  readonly host: HostState
  readonly changes: readonly Change[]
  /** When held changes may be made. */
  readonly laterAtMs: number
  /** What stands in the way, in plain words. */
  readonly problems: readonly string[]
  /** The default policy's own rules stand as desired: traffic goes where it was decided. */
  readonly decided: ByFamily<boolean>
}

export interface TakerQuestion {
  readonly host: HostState
  /** By WAN name, an address on the Internet that its probes ask, in each family. */
  readonly targets: ReadonlyMap<string, ByFamily<string | undefined>>
  /** The WAN of the default policy. */
  readonly active: string | null
}

export interface Takers {
  /** By WAN name: who takes its probes away from it. */
  readonly hijacks: ByFamily<ReadonlyMap<string, string>>
  /** Who takes the host's own traffic away from the active WAN; null where nobody does. */
  readonly astray: string | null
}

export class Reconciler {
  readonly #kernel: Kernel
  readonly #log: Log
  readonly #onRouted: (changes: readonly Change[]) => void
  readonly #pacing = new Pacing()
  readonly #problems: KernelProblems
  #applied: Applied = null
  #rolledBackUntilMs = Number.NEGATIVE_INFINITY

  /** `onRouted` hears of changes once the rules and routes among them are made. */
  constructor(kernel: Kernel, log: Log, onRouted: (changes: readonly Change[]) => void = () => {}) {
    this.#kernel = kernel
    this.#log = log
    this.#problems = new KernelProblems(log)
    this.#onRouted = onRouted
  }

  sign(nowMs: number): void {
    this.#pacing.sign(nowMs)
  }

  /** One pass; `host` has just been read. */
  async reconcile(
    desired: DesiredState,
    host: HostState,
    { uplinks, nowMs }: { readonly uplinks: readonly Uplink[]; readonly nowMs: number },
  ): Promise<Reconciliation> {
    if (nowMs < this.#rolledBackUntilMs) {
      return this.#takenBack(host)
    }
    this.#problems.read(host, desired)
    const wanted = diff(desired, host, this.#applied)
    const paced = this.#pacing.pace(wanted, nowMs)
    this.#logLosses(paced.lost, paced.fights)
    if (paced.now.length === 0) {
      this.#remember(desired, wanted)
      const laterAtMs = this.#laterAtMs(paced, [], nowMs)
      const decided = byFamily((family) => followsDecision(wanted, family))
      return { host, changes: [], laterAtMs, problems: this.#problems.told, decided }
    }
    const failures = await this.#apply(paced.now)
    let after = await this.#kernel.read()
    let lost = await lostWays(uplinks, { before: host, after }, this.#kernel)
    if (lost.length > 0) {
      after = await this.#putBack(desired, after, nowMs)
      lost = await lostWays(lost, { before: host, after }, this.#kernel)
    }
    if (lost.length > 0) {
      const restored = await this.#rollBack(paced.now, host, { lost, nowMs })
      if (restored !== null) return restored
    }
    for (const { change } of failures) this.#pacing.refused(changeKey(change))
    this.#noteApplied(paced.now, failures, after)
    this.#problems.refused(failures)
    this.#problems.read(after, desired)
    const missing = diff(desired, after, this.#applied)
    this.#remember(desired, missing)
    return {
      host: after,
      changes: paced.now,
      laterAtMs: this.#laterAtMs(paced, failures, nowMs),
      problems: this.#problems.told,
      decided: byFamily((family) => followsDecision(missing, family)),
    }
  }

  /** A rule whose successor was refused stays: a moment without either would be worse. */
  async #apply(changes: readonly Change[]): Promise<readonly ChangeFailure[]> {
    const firstDeletion = changes.findIndex(isDeletion)
    const additions = firstDeletion === -1 ? changes : changes.slice(0, firstDeletion)
    const failures = [...(await this.#kernel.apply(additions))]
    const refused = new Set(failures.map(({ change }) => changePlace(change)))
    const rest = changes
      .slice(additions.length)
      .filter((change) => !refused.has(changePlace(change)))
    const routed = rest.findLastIndex(isIpChange) + 1
    if (routed > 0) failures.push(...(await this.#kernel.apply(rest.slice(0, routed))))
    this.#onRouted(changes)
    if (routed < rest.length) failures.push(...(await this.#kernel.apply(rest.slice(routed))))
    return failures
  }

  /**
   * Removes everything of ours; returns what it could not remove. Queries that were handed to
   * another resolver would go on to that one for as long as their flow lives.
   */
  async restore(nothing: DesiredState): Promise<readonly string[]> {
    let failures: readonly ChangeFailure[] = []
    const host = await this.#kernel.read()
    const rescued = standingRescues(host).map(({ resolver }) => resolver)
    let left = diff(nothing, host, this.#applied)
    for (let attempt = 0; attempt < restoreAttempts && left.length > 0; attempt++) {
      failures = await this.#kernel.apply(left)
      const after = await this.#kernel.read()
      this.#noteApplied(left, failures, after)
      left = diff(nothing, after, this.#applied)
    }
    if (rescued.length > 0) await this.#kernel.forgetQueries(rescued)
    if (left.length === 0) return []
    return [
      ...failures.map(({ error }) => error),
      ...left.map((change) => `still there: ${describeChange(change)}`),
    ]
  }

  /** Who takes probes, and whether traffic follows the decision, as the kernel itself says. */
  async whoTakes(uplinks: readonly Uplink[], question: TakerQuestion): Promise<Takers> {
    const hijacks = byFamily(() => new Map<string, string>())
    let astray: string | null = null
    const { host, targets, active } = question
    for (const uplink of uplinks) {
      for (const family of families) {
        const target = targets.get(uplink.name)?.[family]
        const isThere = uplink.ways[family].problem === null && hasWay(uplink, family)
        if (target === undefined || !isThere) continue
        const hijack = await this.#hijackOf(uplink, { family, target }, host)
        if (hijack !== null) hijacks[family].set(uplink.name, hijack)
        if (uplink.name !== active || family === 'ipv6') continue
        const taker = await this.#takerOf({ family, target }, uplink, host)
        if (taker !== null) astray = `${taker.rule} this host's traffic ${taker.where}`
      }
    }
    return { hijacks, astray }
  }

  /** Who takes its probes of this family; null where they leave by it. */
  async #hijackOf(
    uplink: Uplink,
    probe: Pick<Packet, 'family' | 'target'>,
    host: HostState,
  ): Promise<string | null> {
    const { first: sourcePort } = probePorts(uplink.index)
    const pins = [{ mark: probeMark(uplink.index) }, { sourcePort, ipProtocol: 'udp' }] as const
    let hijack: string | null = null
    for (const pin of pins) {
      const taker = await this.#takerOf({ ...probe, ...pin }, uplink, host)
      if (taker !== null) hijack = `${taker.rule} its probes ${taker.where}`
    }
    return hijack
  }

  async #takerOf(packet: Packet, uplink: Uplink, host: HostState): Promise<Taker | null> {
    return takerOf(uplink, { answer: await this.#kernel.routeGet(packet), packet, host })
  }

  #remember(desired: DesiredState, missing: readonly Change[]): void {
    const absent = new Set(missing.map(changeKey))
    const all = desiredKeys(desired)
    this.#pacing.stands(new Set(all.filter((key) => !absent.has(key))), new Set(all))
    this.#problems.missing(absent)
  }

  #noteApplied(
    changes: readonly Change[],
    failures: readonly ChangeFailure[],
    after: HostState,
  ): void {
    const failed = failures.map(({ change }) => change)
    const refused = new Set(failed.map(changeKey))
    const made = changes.filter((change) => !refused.has(changeKey(change)))
    this.#applied = nowApplied(this.#applied, { made, failed, after })
  }

  #laterAtMs({ laterAtMs }: Paced, failures: readonly ChangeFailure[], nowMs: number): number {
    const retries = failures.length > 0 || this.#problems.askAgain
    return retries ? Math.min(nowMs + retryMs, laterAtMs) : laterAtMs
  }

  #logLosses(lost: readonly Change[], fights: readonly Change[]): void {
    if (lost.length > 0) {
      const names = lost.slice(0, maxNamed).map(describeChange).join('; ')
      const more = lost.length > maxNamed ? ` and ${lost.length - maxNamed} more` : ''
      this.#log.info(`another program deleted what is ours; we put it back: ${names}${more}`)
    }
    for (const change of fights) {
      this.#log.warn(
        `another program keeps deleting ${describeChange(change)}; ` +
          'from now on we put it back only every 30 s',
      )
    }
  }

  /** What another program has deleted in this very moment may be all that is missing. */
  async #putBack(desired: DesiredState, host: HostState, nowMs: number): Promise<HostState> {
    const lost = diff(desired, host, this.#applied)
      .filter(({ kind }) => kind === 'add_rule' || kind === 'replace_route')
      .filter((change) => this.#pacing.mayHurry(change, nowMs))
    if (lost.length > 0) await this.#kernel.apply(lost)
    // With nothing missing the way itself may have gone, as with a lease, since the host was read.
    return await this.#kernel.read()
  }

  /** null where taking ours back doesn't bring the way back: then it was another program. */
  async #rollBack(
    changes: readonly Change[],
    before: HostState,
    { lost, nowMs }: { readonly lost: readonly Uplink[]; readonly nowMs: number },
  ): Promise<Reconciliation | null> {
    const undo = [...changes].reverse().map((change) => inverse(change, before))
    await this.#kernel.apply(undo.filter((change) => change !== null))
    const host = await this.#kernel.read()
    if (!(await haveWays(lost, host, this.#kernel))) {
      await this.#apply(changes)
      return null
    }
    // What is in nft's live sets now can't be read: the next time all is made anew.
    this.#applied = null
    this.#rolledBackUntilMs = nowMs + rollBackPauseMs
    this.#log.error(`${takenBack}: ${changes.slice(0, maxNamed).map(describeChange).join('; ')}`)
    return this.#takenBack(host)
  }

  #takenBack(host: HostState): Reconciliation {
    const laterAtMs = this.#rolledBackUntilMs
    const decided = byFamily(() => false)
    return { host, changes: [], laterAtMs, problems: [takenBack], decided }
  }
}

const maxNamed = 4
const retryMs = 1_000
const restoreAttempts = 3
const takenBack = 'a change of ours cut off a gateway and was undone'
const rollBackPauseMs = 30_000
