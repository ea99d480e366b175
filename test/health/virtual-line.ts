/** A line in virtual time: asks a monitor for its probes and plays the answers back to it. */
import type { MonitorSettings } from '../../src/health/monitor-settings.ts'
import { WanMonitor } from '../../src/health/wan-monitor.ts'
import type { WanPath } from '../../src/health/wan-path.ts'
import type { Family } from '../../src/model/address.ts'
import type { HealthState, LineQuality, WanHealth } from '../../src/model/health.ts'
import type { ProbeOutcome, ProbeRequest, ProbeResult } from '../../src/model/probe.ts'
import type { ProbeSettings } from '../../src/model/settings/settings.ts'
import type { Hop } from '../../src/model/uplink.ts'
import { exampleSettings } from '../examples/example-settings.ts'
import { Random } from '../random.ts'

/** What becomes of a probe: an outcome after so many ms, or silence. */
export type Fate = { readonly afterMs: number; readonly outcome: ProbeOutcome } | 'silence'
export type Playing = (request: ProbeRequest, nowMs: number) => Fate

export interface Transition {
  readonly atMs: number
  readonly state: HealthState
  readonly reason: string
}

export const defaultProbe: ProbeSettings = exampleSettings().probe

export const usablePath: WanPath = {
  link: 'eth0',
  hop: gatewayHop('192.168.0.1'),
  evidence: { kind: 'usable' },
}

/** As a monitor of IPv6 gets it. */
export const pathOfIpv6: WanPath = {
  ...usablePath,
  hop: gatewayHop('fe80::1'),
}

function gatewayHop(address: string): Hop {
  return { kind: 'gateway', address, mac: null }
}

export const answers =
  (rttMs: number): Playing =>
  () => ({ afterMs: rttMs, outcome: { kind: 'answered', rttMs } })

export const silence: Playing = () => 'silence'

/** The gateway lives, whatever is behind it. */
export const silentUpstream: Playing = (request, nowMs) =>
  request.method === 'neighbour' ? answers(1)(request, nowMs) : 'silence'

export const refuses =
  (outcome: Exclude<ProbeOutcome, { kind: 'answered' }>, afterMs = 2): Playing =>
  (request, nowMs) =>
    request.method === 'neighbour' ? answers(1)(request, nowMs) : { afterMs, outcome }

/** Plays another line to the probes that match. */
export const except =
  (matches: (request: ProbeRequest) => boolean, other: Playing, rest: Playing): Playing =>
  (request, nowMs) =>
    (matches(request) ? other : rest)(request, nowMs)

export interface LineOptions {
  readonly probe?: Partial<ProbeSettings>
  /** What differs of the other settings. */
  readonly monitor?: Partial<MonitorSettings>
  readonly family?: Family
  readonly metered?: boolean
  readonly path?: WanPath
  readonly playing?: Playing
}

/** A line that has been up for a while. */
export function upLine(options: LineOptions = {}): VirtualLine {
  return new VirtualLine(options).run(20_000)
}

export class VirtualLine {
  readonly monitor: WanMonitor
  playing: Playing
  nowMs = 0
  turns = 0
  readonly sent: { readonly atMs: number; readonly request: ProbeRequest }[] = []
  readonly transitions: Transition[] = []
  /** When it fell under suspicion, and new connections would step aside. */
  readonly suspectedAtMs: number[] = []
  #wasSuspect = false
  #onTheWay: { readonly atMs: number; readonly result: ProbeResult }[] = []

  constructor({ probe, monitor, metered = false, playing = answers(10), ...options }: LineOptions) {
    const { family = 'ipv4' } = options
    const { path = family === 'ipv4' ? usablePath : pathOfIpv6 } = options
    const settings: MonitorSettings = {
      name: 'primary',
      index: 0,
      family,
      metered,
      probe: { ...defaultProbe, ...probe },
      failback: { delayMs: 30_000, mode: 'graceful', maxHoldDownMs: 300_000 },
      ...monitor,
    }
    this.playing = playing
    this.monitor = new WanMonitor(settings, 0)
    this.#note()
    this.monitor.setPath(path, 0)
    this.#note()
  }

  get quality(): LineQuality {
    return this.monitor.quality()
  }

  get health(): WanHealth {
    return this.monitor.health(this.nowMs)
  }

  /** The states that were entered, first to last. */
  get states(): readonly HealthState[] {
    return this.transitions.map(({ state }) => state)
  }

  /** When the state was entered last. */
  enteredAtMs(state: HealthState): number {
    const found = this.transitions.findLast((transition) => transition.state === state)
    if (found === undefined) throw new Error(`never ${state}, but ${this.states.join(', ')}`)
    return found.atMs
  }

  /** Probes by method that were sent from `sinceMs` on. */
  sentSince(sinceMs: number): readonly string[] {
    return this.sent
      .filter(({ atMs }) => atMs >= sinceMs)
      .map(({ request }) => `${request.method} ${request.target}`)
  }

  /** Runs as the daemon does: every answer and every wake-up is a turn. */
  run(forMs: number): this {
    const endMs = this.nowMs + forMs
    for (;;) {
      const nextMs = Math.min(this.monitor.wakeAtMs(), this.#onTheWay[0]?.atMs ?? Infinity)
      if (nextMs > endMs) break
      this.nowMs = Math.max(this.nowMs, nextMs)
      this.#turn(this.#arrived())
    }
    this.nowMs = endMs
    return this
  }

  /** Runs, and every 100 ms it is told that traffic has come in. */
  hears(forMs: number): this {
    const endMs = this.nowMs + forMs
    while (this.nowMs < endMs) {
      this.run(Math.min(100, endMs - this.nowMs))
      this.monitor.heard(this.nowMs)
    }
    return this
  }

  /** Runs until the state is entered; throws where that takes longer than `withinMs`. */
  until(state: HealthState, withinMs: number): this {
    const endMs = this.nowMs + withinMs
    while (this.health.state !== state) {
      if (this.nowMs >= endMs) throw new Error(`not ${state} but ${JSON.stringify(this.health)}`)
      this.run(1)
    }
    return this
  }

  /** Nobody runs for so long; then the answers that wait in the sockets are read one a turn. */
  stall(forMs: number): this {
    this.nowMs += forMs
    for (const result of this.#arrived()) this.#turn([result])
    return this
  }

  setPath(path: Partial<WanPath>): this {
    this.monitor.setPath({ ...usablePath, ...path }, this.nowMs)
    this.#note()
    return this
  }

  /** Another router at the other end of the cable. */
  changeGateway(gateway: string): this {
    return this.setPath({ hop: gatewayHop(gateway) })
  }

  setInUse(inUse: boolean): this {
    this.monitor.setInUse(inUse, this.nowMs)
    return this
  }

  #arrived(): ProbeResult[] {
    const arrived = this.#onTheWay.filter(({ atMs }) => atMs <= this.nowMs)
    this.#onTheWay = this.#onTheWay.filter(({ atMs }) => atMs > this.nowMs)
    return arrived.map(({ result }) => result)
  }

  #turn(results: readonly ProbeResult[]): void {
    this.turns += 1
    for (const result of results) this.monitor.take(result, this.nowMs)
    this.monitor.judge(this.nowMs)
    this.#note()
    for (const request of this.monitor.dueProbes(this.nowMs)) this.#send(request)
  }

  #send(request: ProbeRequest): void {
    this.sent.push({ atMs: this.nowMs, request })
    const fate = this.playing(request, this.nowMs)
    if (fate === 'silence') return
    const { id, wan } = request
    const result = { id, wan, outcome: fate.outcome }
    this.#onTheWay.push({ atMs: this.nowMs + fate.afterMs, result })
    this.#onTheWay.sort((a, b) => a.atMs - b.atMs)
  }

  #note(): void {
    const { state, reason, suspectSinceMs } = this.health
    if (suspectSinceMs !== null && !this.#wasSuspect) this.suspectedAtMs.push(this.nowMs)
    this.#wasSuspect = suspectSinceMs !== null
    if (this.transitions.at(-1)?.state === state) return
    this.transitions.push({ atMs: this.nowMs, state, reason })
  }
}

/** Loses each probe with this chance. */
export const loses = (chance: number, seed: number, rest: Playing = answers(20)): Playing => {
  const random = new Random(seed)
  return (request, nowMs) => (random.chance(chance) ? 'silence' : rest(request, nowMs))
}

/** Its times vary by half a second now and then. */
export const spiky = (seed: number): Playing => {
  const random = new Random(seed)
  return (request, nowMs) =>
    answers(random.chance(0.1) ? random.between(300, 700) : 40)(request, nowMs)
}
