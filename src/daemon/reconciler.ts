/**
 * Brings the kernel to what is desired: reads, compares, applies, reads back, and takes its own
 * change back where it costs the host its way to a gateway. It decides nothing.
 */
import type { ChangeFailure, Kernel } from '../kernel/port.ts'
import type { HostState } from '../model/host.ts'
import type { Log } from '../model/log.ts'
import { probeMark, probePorts } from '../model/marks.ts'
import type { Change } from '../network/change.ts'
import { type AppliedNft, changeKey, diff, inverse } from '../network/diff.ts'
import { describeChange } from '../network/ip-text.ts'
import { type Taker, takerOf } from '../network/obstacles.ts'
import { Pacing } from '../network/pacing.ts'
import { type Packet, walk } from '../network/route-walk.ts'
import type { Uplink } from '../network/uplinks.ts'
import type { DesiredState } from '../network/wanted.ts'

export interface Reconciliation {
  readonly host: HostState
  readonly changes: readonly Change[]
  /** When held changes may be made. */
  readonly laterAtMs: number
  /** What stands in the way, in plain words. */
  readonly problems: readonly string[]
}

export interface TakerQuestion {
  readonly host: HostState
  /** An address on the Internet. */
  readonly target: string
  /** The WAN of the default policy. */
  readonly active: string | null
}

export interface Takers {
  /** By WAN name: who takes its probes away from it. */
  readonly hijacks: ReadonlyMap<string, string>
  /** Who takes the host's own traffic away from the active WAN; null where nobody does. */
  readonly astray: string | null
}

export class Reconciler {
  readonly #kernel: Kernel
  readonly #log: Log
  readonly #pacing = new Pacing()
  #appliedNft: AppliedNft | null = null
  /** Told errors by object: the same one is told once. */
  #failures = new Map<string, string>()
  #rolledBackUntilMs = Number.NEGATIVE_INFINITY

  constructor(kernel: Kernel, log: Log) {
    this.#kernel = kernel
    this.#log = log
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
      const problems = ['a change of ours cost the way to a gateway and was taken back']
      return { host, changes: [], laterAtMs: this.#rolledBackUntilMs, problems }
    }
    const wanted = diff(desired, host, this.#appliedNft)
    const paced = this.#pacing.pace(wanted, nowMs)
    this.#tellLosses(paced.lost, paced.fights)
    if (paced.now.length === 0) {
      this.#remember(desired, wanted)
      return { host, changes: [], laterAtMs: paced.laterAtMs, problems: this.#problems() }
    }
    const failures = await this.#kernel.apply(paced.now)
    const after = await this.#kernel.read()
    if (await this.#lostGateway(uplinks, host)) return this.#rollBack(paced.now, host, nowMs)
    if (desired.nft !== null && after.nft !== null && appliesNft(paced.now, failures)) {
      this.#appliedNft = { script: desired.nft, listing: after.nft }
    }
    this.#tellFailures(failures)
    this.#remember(desired, diff(desired, after, this.#appliedNft))
    return {
      host: after,
      changes: paced.now,
      laterAtMs: failures.length > 0 ? nowMs + retryMs : paced.laterAtMs,
      problems: this.#problems(),
    }
  }

  /** Takes everything of ours away; returns what could not be taken away. */
  async restore(nothing: DesiredState): Promise<readonly string[]> {
    const host = await this.#kernel.read()
    const failures = await this.#kernel.apply(diff(nothing, host, null))
    const left = diff(nothing, await this.#kernel.read(), null)
    return [
      ...failures.map(({ error }) => error),
      ...left.map((change) => `still there: ${describeChange(change)}`),
    ]
  }

  /** Who takes probes, and whether traffic follows the decision, asked of the kernel itself. */
  async whoTakes(uplinks: readonly Uplink[], question: TakerQuestion): Promise<Takers> {
    const hijacks = new Map<string, string>()
    let astray: string | null = null
    const { host, target, active } = question
    for (const uplink of uplinks) {
      if (uplink.problem !== null || uplink.gateway === null) continue
      const { first: sourcePort } = probePorts(uplink.index)
      const probes = [
        { family: 'ipv4', target, mark: probeMark(uplink.index) },
        { family: 'ipv4', target, sourcePort, ipProtocol: 'udp' },
      ] as const
      for (const packet of probes) {
        const taker = await this.#takerOf(packet, uplink, host)
        if (taker !== null) hijacks.set(uplink.name, `${taker.rule} its probes ${taker.where}`)
      }
      if (uplink.name !== active) continue
      const taker = await this.#takerOf({ family: 'ipv4', target }, uplink, host)
      if (taker !== null) astray = `${taker.rule} this host's traffic ${taker.where}`
    }
    return { hijacks, astray }
  }

  async #takerOf(packet: Packet, uplink: Uplink, host: HostState): Promise<Taker | null> {
    return takerOf(uplink, { answer: await this.#kernel.routeGet(packet), packet, host })
  }

  #remember(desired: DesiredState, missing: readonly Change[]): void {
    const absent = new Set(missing.map(changeKey))
    const all = keysOf(desired)
    this.#pacing.stands(new Set(all.filter((key) => !absent.has(key))))
    for (const key of this.#failures.keys()) {
      if (!absent.has(key)) this.#failures.delete(key)
    }
  }

  #tellLosses(lost: readonly Change[], fights: readonly Change[]): void {
    if (lost.length > 0) {
      const names = lost.slice(0, maxNamed).map(describeChange).join('; ')
      const more = lost.length > maxNamed ? ` and ${lost.length - maxNamed} more` : ''
      this.#log.info(`somebody took away what is ours, it is put back: ${names}${more}`)
    }
    for (const change of fights) {
      this.#log.warn(
        `${describeChange(change)} is deleted again and again by another program; ` +
          'it is now put back every 30 s only',
      )
    }
  }

  #tellFailures(failures: readonly ChangeFailure[]): void {
    for (const { change, error } of failures) {
      const key = changeKey(change)
      if (this.#failures.get(key) === error) continue
      this.#failures.set(key, error)
      this.#log.error(error)
    }
  }

  #problems(): string[] {
    return [...new Set(this.#failures.values())].slice(0, maxNamed)
  }

  /** It had its way before, and has it no more or another: only then it is our doing. */
  async #lostGateway(uplinks: readonly Uplink[], before: HostState): Promise<boolean> {
    for (const { gateway, link, problem } of uplinks) {
      if (gateway === null || problem !== null) continue
      const packet = { family: 'ipv4', target: gateway } as const
      const hop = walk(before, packet).nextHop
      if (hop?.link !== link) continue
      const { nextHop } = await this.#kernel.routeGet(packet)
      if (nextHop?.link !== link || nextHop.gateway !== hop.gateway) return true
    }
    return false
  }

  async #rollBack(
    changes: readonly Change[],
    before: HostState,
    nowMs: number,
  ): Promise<Reconciliation> {
    const undo = [...changes].reverse().map((change) => inverse(change, before))
    await this.#kernel.apply(undo.filter((change) => change !== null))
    this.#rolledBackUntilMs = nowMs + rollBackPauseMs
    const problem = 'a change of ours cost the way to a gateway and was taken back'
    this.#log.error(`${problem}: ${changes.slice(0, maxNamed).map(describeChange).join('; ')}`)
    const host = await this.#kernel.read()
    return { host, changes: [], laterAtMs: this.#rolledBackUntilMs, problems: [problem] }
  }
}

function keysOf(desired: DesiredState): string[] {
  const changes: Change[] = [
    ...desired.rules.map((rule) => ({ kind: 'add_rule', rule }) as const),
    ...desired.routes.map((route) => ({ kind: 'replace_route', route }) as const),
  ]
  if (desired.nft !== null) changes.push({ kind: 'replace_nft', script: desired.nft })
  return changes.map(changeKey)
}

function appliesNft(changes: readonly Change[], failures: readonly ChangeFailure[]): boolean {
  const failed = failures.some(({ change }) => change.kind === 'replace_nft')
  return !failed && changes.some(({ kind }) => kind === 'replace_nft')
}

const maxNamed = 4
const retryMs = 5_000
const rollBackPauseMs = 30_000
