/**
 * Invariants 2, 3, 6 and 7 of DESIGN, and that traffic doesn't stay on a dead line: what the
 * daemon reports, against what it reported before and against the truth about the lines.
 */
import type { HealthState } from '../../../src/model/health.ts'
import type { ProbeRequest } from '../../../src/model/probe.ts'
import type { ChangeEvent, Snapshot } from '../../../src/model/published/snapshot.ts'
import type { Line } from '../world/line.ts'
import { Lasting } from './lasting.ts'
import { countedWithinMs, SidestepChecks } from './sidestep-checks.ts'
import type { JudgedWorld, Situation } from './situation.ts'

interface Reported {
  readonly state: HealthState
  /** Since when it was up or degraded without a break; null while it is not. */
  readonly healthySinceMs: number | null
  readonly flapsMs: readonly number[]
}

/** The kernel's rules lead elsewhere. */
export interface Move {
  readonly from: string
  readonly to: string
  readonly atMs: number
}

export class DecisionChecks {
  readonly sidesteps: SidestepChecks
  readonly #situation: Situation<JudgedWorld>
  readonly #reported = new Map<string, Reported>()
  /** By the newest event about each. */
  readonly #saidDown = new Set<string>()
  readonly #lasting = new Lasting()
  /** A change of the kernel's WAN that no event has explained yet. */
  #unexplained: Move | null = null
  /** An event of a move that the kernel has refused so far. */
  #early: { readonly from: string; readonly to: string } | null = null
  #testSinceMs: number | null = null
  #testEndedMs = Number.NEGATIVE_INFINITY

  constructor(situation: Situation<JudgedWorld>) {
    this.#situation = situation
    this.sidesteps = new SidestepChecks(situation)
  }

  /** A new process remembers nothing of what the last one reported. */
  forget(): void {
    this.#reported.clear()
    this.#saidDown.clear()
    this.#unexplained = null
    this.sidesteps.forget()
    this.#testSinceMs = null
  }

  probed({ wan, method, target }: ProbeRequest, line: Line | null): void {
    if (line === null || line.place.index === wan) return
    const { world, clock, isAble } = this.#situation
    // A program that has just deleted a probe's rules leaves us no chance to notice in time.
    if (!isAble || clock.nowMs() - world.changedAtMs < noticeMs) return
    const own = world.line(wan).place.name
    this.#fail(`3: a probe of ${own} (${method} to ${target}) leaves by ${line.place.name}`)
  }

  /** By a change of the daemon, 10900 leads to another WAN's table. */
  switched(left: string, to: string): void {
    const from =
      this.#unexplained?.to === left ? this.#unexplained.from : this.sidesteps.decided(left)
    const ahead = this.#early
    this.#early = null
    if (ahead?.from === from && ahead.to === to) return
    if (this.#unexplained !== null && from === to) this.sidesteps.passed(this.#unexplained)
    this.sidesteps.ended()
    this.#unexplained = from === to ? null : { from, to, atMs: this.#situation.clock.nowMs() }
  }

  announced(event: ChangeEvent): void {
    if (event.reason.trim() === '') this.#fail(`6: an event without a reason: ${event.event_type}`)
    if (event.wan !== null) {
      if (event.event_type === 'wan_down') this.#saidDown.add(event.wan)
      if (event.event_type === 'wan_up') this.#saidDown.delete(event.wan)
      if (event.event_type === 'wan_degraded') this.#saidDown.delete(event.wan)
    }
    if (event.event_type === 'test_ended') this.#testEndedMs = this.#situation.clock.nowMs()
    const { from, to } = event
    const isMove = event.event_type === 'failover' || event.event_type === 'failback'
    if (!isMove || from === null || to === null) return
    const unexplained = this.#unexplained ?? this.#situation.aside
    if (unexplained?.from === from && unexplained.to === to) {
      this.#unexplained = null
      this.sidesteps.ended()
    } else if (!this.#situation.isAble || this.#situation.isDisturbed) this.#early = { from, to }
    else {
      this.#fail(`6: reports a move from ${from} to ${to} that the kernel knows nothing of`)
    }
    this.#isJustified(from, to, event.reason)
  }

  published(snapshot: Snapshot): void {
    const before = this.#situation.snapshot
    this.sidesteps.published(snapshot)
    // The verdict has come to a sidestep: the rules led there already, but it has to be told.
    const { aside } = this.#situation
    if (aside !== null && snapshot.active === aside.to) {
      this.#unexplained = { ...aside, atMs: this.#situation.clock.nowMs() }
      this.sidesteps.ended()
    }
    this.#remember(snapshot)
    this.#movesToTheHealthy(before, snapshot)
    const nowMs = this.#situation.clock.nowMs()
    const { on } = snapshot.test_failover
    this.#testSinceMs = on ? (this.#testSinceMs ?? nowMs) : null
  }

  /** Every quarter second; `carrier` is the line that a client's packet leaves by. */
  look(carrier: Line | null): void {
    const { clock, snapshot, phase, isAble, calmSinceMs } = this.#situation
    const nowMs = clock.nowMs()
    const unexplained = this.#unexplained
    this.sidesteps.look()
    // A move is told once all of its rules stand, and others may delete some of them.
    const waitedMs = nowMs - Math.max(unexplained?.atMs ?? nowMs, calmSinceMs)
    if (unexplained !== null && isAble && waitedMs > explainMs) {
      const { from, to } = unexplained
      if (this.sidesteps.explains(unexplained)) this.#unexplained = null
      else if (waitedMs > countedWithinMs)
        this.#fail(`6: traffic moved from ${from} to ${to} and no event says why`)
    }
    if (snapshot === null || phase !== 'running') return
    const wrongs = isAble
      ? [
          ...this.#onDeadLine(carrier),
          ...this.#wrongHealths(snapshot),
          ...this.#blindness(snapshot),
          ...this.#lateReturn(snapshot),
          ...this.#testWrongs(snapshot),
        ]
      : []
    const [wrong] = this.#lasting.tooLong(wrongs, { nowMs, limitMs: () => 1_500 })
    if (wrong !== undefined) this.#fail(wrong)
  }

  #remember(snapshot: Snapshot): void {
    const nowMs = this.#situation.clock.nowMs()
    for (const [name, { state }] of Object.entries(snapshot.wans)) {
      const before = this.#reported.get(name)
      const isHealthy = healthy(state)
      if (state === 'down' && before?.state !== 'down') this.#isReallyDown(name, snapshot)
      const flapped = state === 'down' && before !== undefined && healthy(before.state)
      this.#reported.set(name, {
        state,
        healthySinceMs: isHealthy ? (before?.healthySinceMs ?? nowMs) : null,
        flapsMs: [...(before?.flapsMs ?? []), ...(flapped ? [nowMs] : [])],
      })
    }
  }

  #isReallyDown(name: string, { wans }: Snapshot): void {
    const { lastDeadMs, lastLossyMs, deadSinceMs } = this.#line(name)
    const { clock, isAble, isDisturbed } = this.#situation
    if (deadSinceMs !== null || isDisturbed || !isAble) return
    // Where most is lost, all questions of a burst may be.
    if (clock.nowMs() - Math.max(lastDeadMs, lastLossyMs) < deadCountsMs) return
    this.#fail(`7: the sound ${name} is reported down: ${wans[name]?.reason}`)
  }

  #movesToTheHealthy(before: Snapshot | null, after: Snapshot): void {
    const { active } = after
    if (active === null || (before?.active ?? null) === null || before?.active === active) return
    const state = after.wans[active]?.state
    // After a stall a command may come before the news of a line.
    if (!this.#situation.isAble || (state !== undefined && healthy(state))) return
    const better = this.#use().find((name) => healthy(after.wans[name]?.state ?? 'unknown'))
    if (better !== undefined) {
      this.#fail(`2: moves to ${active}, which is ${state}, though ${better} is healthy`)
    }
  }

  /** A move needs a fault, a wish of the user, or a return that has waited for its hold-down. */
  #isJustified(from: string, to: string, reason: string): void {
    const { clock, lastCommandMs } = this.#situation
    const nowMs = clock.nowMs()
    const hurry = Math.max(lastCommandMs, this.#testEndedMs, this.#situation.lateUntilMs)
    if (nowMs - hurry < 1_000 || !this.#situation.isAble) return
    const left = this.#line(from)
    const order = this.#order()
    // Whether `down` had good reason was judged when it was reported.
    const dead =
      this.#saidDown.has(from) ||
      this.#reported.get(from)?.state === 'down' ||
      nowMs - left.lastDeadMs < deadCountsMs
    // Under test the WAN that is avoided comes last, but whoever is to take over has to be healthy.
    const avoids = this.#testSinceMs !== null && reason === `a failover test avoids ${from}`
    if (order.indexOf(to) > order.indexOf(from) && !avoids) {
      const sick = reason.includes('degraded') && nowMs - left.lastFaultyMs < sickCountsMs
      // Whose probes others keep from leaving looks as sick as it would be.
      const isDisturbed = this.#situation.isDisturbed && reason.includes('degraded')
      if (!dead && !sick && !isDisturbed)
        this.#fail(`7: leaves the sound ${from} for ${to}: ${reason}`)
      return
    }
    if (dead) return
    const reported = this.#reported.get(to)
    if (reported === undefined) return
    // Not reported yet: it has become healthy in this very moment.
    const healthyMs = nowMs - (reported.healthySinceMs ?? nowMs)
    if (healthyMs < this.#holdDownMs(reported) - 50) {
      this.#fail(`hold-down: returns to ${to} after ${healthyMs} ms: ${reason}`)
    }
  }

  #holdDownMs({ flapsMs }: Reported): number {
    const { delayMs, maxHoldDownMs } = this.#situation.world.topology.settings.failback
    const hourAgoMs = this.#situation.clock.nowMs() - 3_600_000
    const flaps = flapsMs.filter((atMs) => atMs > hourAgoMs).length
    return Math.min(delayMs * 2 ** Math.max(0, flaps - 5), maxHoldDownMs)
  }

  /** Another WAN has been truly alive, and reported so, long enough to take over. */
  #onDeadLine(carrier: Line | null): string[] {
    const { clock, runningForMs, calmSinceMs } = this.#situation
    const nowMs = clock.nowMs()
    const activeName = this.#situation.snapshot?.active ?? null
    const active = carrier ?? (activeName === null ? null : this.#line(activeName))
    if (active === null || active.deadSinceMs === null) return []
    if (nowMs - Math.max(active.deadSinceMs, calmSinceMs) < takeOverMs || runningForMs < takeOverMs)
      return []
    const able = this.#use()
      .map((name) => this.#line(name))
      .filter((line) => this.#isAliveLong(line))
    const [other] = able
    if (other === undefined) return []
    const { name } = active.place
    return [`liveness: traffic stays on ${name}, which is dead, though ${other.place.name} is not`]
  }

  #wrongHealths(snapshot: Snapshot): string[] {
    const { clock, world, runningForMs, calmSinceMs } = this.#situation
    const nowMs = clock.nowMs()
    return world.lines.flatMap((line) => {
      const { name, metered } = line.place
      const state = snapshot.wans[name]?.state ?? 'unknown'
      const patienceMs = metered ? meteredMs : judgementMs
      if (runningForMs < patienceMs) return []
      const deadMs = line.deadSinceMs === null ? 0 : nowMs - Math.max(line.deadSinceMs, calmSinceMs)
      if (deadMs > patienceMs && state !== 'down') {
        return [`health: ${name} is reported ${state}, though it has long been dead`]
      }
      const isAlive = this.#isAliveLong(line)
      return isAlive && !healthy(state)
        ? [`health: ${name} is reported ${state}, though it has long been alive`]
        : []
    })
  }

  /** Ping lives, TCP is dead or a portal answers: that must not be `up`, where others show it. */
  #blindness(snapshot: Snapshot): string[] {
    const { clock, world, runningForMs, calmSinceMs } = this.#situation
    const nowMs = clock.nowMs()
    // One server may have been down since this process began: then silence proves nothing to it.
    const webDownAgoMs = nowMs - world.targets.lastWebDownMs
    if (Math.min(runningForMs, webDownAgoMs) < blindMs) return []
    const longAgo = (sinceMs: number | null) =>
      sinceMs !== null && nowMs - Math.max(sinceMs, calmSinceMs) > blindMs
    return world.lines.flatMap((line) => {
      const { name, metered } = line.place
      const others = world.lines.filter((other) => other !== line && !other.place.metered)
      const isShown = others.some(({ faultlessSinceMs }) => longAgo(faultlessSinceMs))
      if (metered || !isShown || !longAgo(line.blindSinceMs)) return []
      return snapshot.wans[name]?.state === 'up'
        ? [`health: ${name} is reported up, though no TCP has long got through`]
        : []
    })
  }

  /** On the backup for ever is as wrong as on a dead line. */
  #lateReturn(snapshot: Snapshot): string[] {
    const { clock, runningForMs, world, calmSinceMs } = this.#situation
    const [preferred] = this.#order()
    const { active, test_failover: test } = snapshot
    if (preferred === undefined || active === preferred || test.on) return []
    const { maxHoldDownMs } = world.topology.settings.failback
    const patienceMs = maxHoldDownMs + sickCountsMs
    const { faultlessSinceMs } = this.#line(preferred)
    if (runningForMs < patienceMs || faultlessSinceMs === null) return []
    if (clock.nowMs() - Math.max(faultlessSinceMs, calmSinceMs) < patienceMs) return []
    return [`liveness: ${preferred} has long been sound, but ${active} carries the traffic`]
  }

  #testWrongs({ test_failover: test }: Snapshot): string[] {
    const { clock, world, lastCommandMs } = this.#situation
    const { durationMs } = world.topology.settings.testFailover
    if (!test.on || this.#testSinceMs === null) return []
    // In one turn a command may end a test and another one begin the next.
    const sinceMs = Math.max(this.#testSinceMs, lastCommandMs)
    return clock.nowMs() - sinceMs > durationMs ? ['test: the failover test does not end'] : []
  }

  /** So long that the daemon must have noticed, its metered retries included. */
  #isAliveLong({ place, faultlessSinceMs }: Line): boolean {
    const { clock, calmSinceMs } = this.#situation
    const patienceMs = place.metered ? meteredMs : judgementMs
    if (faultlessSinceMs === null) return false
    return clock.nowMs() - Math.max(faultlessSinceMs, calmSinceMs) > patienceMs
  }

  #use(): readonly string[] {
    return this.#situation.world.topology.settings.defaultPolicy.use
  }

  /** The order of preference as mode and test make it. */
  #order(): readonly string[] {
    const { snapshot } = this.#situation
    const use = this.#use()
    const mode = snapshot?.mode ?? 'automatic'
    return use.includes(mode) ? [mode, ...use.filter((name) => name !== mode)] : use
  }

  #line(name: string): Line {
    const line = this.#situation.world.lines.find(({ place }) => place.name === name)
    if (line === undefined) throw new Error(`there is no WAN ${name}`)
    return line
  }

  #fail(text: string): void {
    const isNumbered = /^\d/.test(text)
    this.#situation.fail(isNumbered ? `invariant ${text}` : text)
  }
}

function healthy(state: HealthState): boolean {
  return state === 'up' || state === 'degraded'
}

/** From the kernel's sign to the daemon's look, with room for one look that was under way. */
const noticeMs = 100
const explainMs = 300
/** An outage that was over may still be noticed so much later. */
const deadCountsMs = 4_000
/** Loss is counted over a minute; so long it may be held against a WAN. */
const sickCountsMs = 150_000
const takeOverMs = 5_000
const judgementMs = 12_000
/** A metered WAN that is down gets a probe every 30 s, and the probe's target may be silent. */
const meteredMs = 80_000
/** The promise of the real checks: 40 s. */
const blindMs = 40_000
