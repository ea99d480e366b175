/**
 * The health of one WAN: takes answers, evidence and the time, gives the probes to send and the
 * state. It computes and never acts: no clock, no timer, no I/O; the same calls give the same
 * result. Its caller runs `judge` and `dueProbes` no later than `wakeAtMs` says.
 */
import type { LineQuality, WanHealth } from '../model/health.ts'
import type { ProbeOutcome, ProbeRequest, ProbeResult } from '../model/probe.ts'
import type { MonitorSettings } from './monitor-settings.ts'
import { paceOf } from './probing/pace.ts'
import { type Pending, recordAnswer, recordLoss } from './probing/pending-probes.ts'
import { type Inquiry, ProbePlan } from './probing/probe-plan.ts'
import { StallGuard } from './stall-guard.ts'
import { Doubt, type Sign } from './verdict/doubt.ts'
import { silenceReason, silentGatewayReason } from './verdict/down-reason.ts'
import { FlapDamping } from './verdict/flap-damping.ts'
import { QualityWatch } from './verdict/quality-watch.ts'
import { Recovery } from './verdict/recovery.ts'
import { StateRecord } from './verdict/state-record.ts'
import { isSamePlace, nowhere, type WanPath } from './wan-path.ts'

export class WanMonitor {
  readonly #settings: MonitorSettings
  readonly #damping: FlapDamping
  readonly #plan: ProbePlan
  readonly #quality: QualityWatch
  #path: WanPath = nowhere
  readonly #record: StateRecord
  readonly #stall: StallGuard
  readonly #doubt: Doubt
  #recovery: Recovery
  #inUse = false
  #heardUntilMs = Number.NEGATIVE_INFINITY

  constructor(settings: MonitorSettings, nowMs: number) {
    this.#settings = settings
    this.#damping = new FlapDamping(settings.failback)
    this.#plan = new ProbePlan(settings)
    this.#quality = new QualityWatch(this.#plan, settings.probe)
    this.#recovery = new Recovery(nowMs, settings.probe)
    this.#record = new StateRecord(notProbedYet, nowMs)
    this.#stall = new StallGuard(nowMs)
    this.#doubt = new Doubt(settings.probe)
  }

  get name(): string {
    return this.#settings.name
  }

  /** It is under suspicion, well-founded or not. */
  get isDoubted(): boolean {
    return this.#doubt.suspicion !== null
  }

  /** The same value as long as nothing of it has changed. */
  health(nowMs: number): WanHealth {
    const { state, speaks } = this.#record
    return this.#record.health({
      holdDownMs: this.#damping.holdDownMs(nowMs),
      suspectSinceMs: speaks ? this.#doubt.foundedSinceMs : null,
      answersSinceMs: state === 'down' ? this.#recovery.answersSinceMs : null,
    })
  }

  quality(): LineQuality {
    return this.#quality.figures(this.#record)
  }

  /** When `judge` and `dueProbes` want to be called next. */
  wakeAtMs(): number {
    return this.#stall.wakeAtMs
  }

  /** Traffic uses this WAN, or doesn't any more: a metered WAN in use is probed at full rate. */
  setInUse(inUse: boolean, nowMs: number): void {
    if (inUse === this.#inUse) return
    this.#inUse = inUse
    this.#hurry(nowMs)
  }

  /**
   * Traffic has come in by this WAN since the last look at it. As long as this is called again and
   * again, a metered WAN is probed rarely; when it stops, the usual probes go on at once.
   */
  heard(nowMs: number): void {
    this.#heardUntilMs = nowMs + heardForMs
    this.#doubt.suspicion?.heard(nowMs)
  }

  /** Since its suspicion began much has left by its link, and nothing has come in. */
  muted(nowMs: number): void {
    this.#doubt.suspicion?.mute(nowMs)
  }

  /** What real requests show that probes don't; null: nothing is wrong. */
  setFault(fault: string | null, nowMs: number): void {
    const news = this.#quality.setFault(fault)
    if (news === 'none') return
    if (news === 'worse' && this.#record.speaks) this.#damping.flap(nowMs)
    this.#stall.wake(nowMs)
  }

  /** Takes what the host says about the WAN's link and gateway. */
  setPath(path: WanPath, nowMs: number): void {
    const before = this.#path
    this.#path = path
    const moved = !isSamePlace(before, path)
    if (moved) {
      this.#doubt.end()
      this.#plan.start(path, nowMs)
      this.#quality.restart()
    }
    const { evidence } = path
    switch (evidence.kind) {
      case 'unusable':
        this.#drop()
        if (this.#record.state !== 'down' || this.#record.reason !== evidence.reason) {
          this.#goDown(evidence.reason, nowMs, nowMs)
        }
        return
      case 'hijacked':
        this.#drop()
        this.#record.become('unknown', evidence.reason, { nowMs })
        this.#stall.wake(nowMs)
        return
      case 'usable':
        if (before.evidence.kind !== 'usable') this.#pathIsBack(before, nowMs)
        else if (moved) this.#suspect({ sinceMs: nowMs, silent: null }, nowMs)
    }
  }

  /** The kernel gave up on the gateway's neighbour entry. */
  neighbourFailed(nowMs: number): void {
    if (this.#path.evidence.kind !== 'usable' || this.#record.state === 'down') return
    const { suspicion } = this.#doubt
    if (suspicion?.allSilent === true && suspicion.roundsSent > 0) {
      this.#goDown(silentGatewayReason(this.#path), suspicion.sinceMs, nowMs)
      return
    }
    this.#suspect({ sinceMs: nowMs, silent: null }, nowMs)
  }

  /** Takes what became of a probe. */
  take(result: ProbeResult, nowMs: number): void {
    if (this.#plan.gateway.take(result, nowMs)) {
      this.#stall.wake(nowMs)
      return
    }
    const probe = this.#plan.pending.settle(result.id)
    if (probe === null) return
    if (result.outcome.kind === 'answered') this.#heard(probe, result.outcome.rttMs, nowMs)
    else this.#refused(probe, result.outcome, nowMs)
    this.#stall.wake(nowMs)
  }

  /** Judges what is overdue. */
  judge(nowMs: number): void {
    if (!this.#stall.mayJudge(nowMs) || this.#path.evidence.kind !== 'usable') return
    const { timeoutMs } = this.#settings.probe
    const { pending, gateway } = this.#plan
    for (const probe of pending.overdue(nowMs, timeoutMs)) {
      this.#doubt.overdue(probe, nowMs)
      probe.stream.unanswered()
    }
    for (const probe of pending.dubious(nowMs, timeoutMs)) this.#missed(probe, nowMs)
    for (const probe of pending.lost(nowMs, timeoutMs)) recordLoss(probe)
    gateway.judge(nowMs)
    this.#judgeSuspicion(nowMs)
    if (this.#record.state === 'down') {
      this.#recovery.advance(nowMs)
      this.#record.explain(this.#recovery.reason)
    }
    this.#quality.judge(this.#record, nowMs)
  }

  /** The probes that are due; the caller has to send them now. */
  dueProbes(nowMs: number): readonly ProbeRequest[] {
    if (this.#path.evidence.kind !== 'usable') {
      this.#stall.sleepUntil(nowMs + idleMs)
      return []
    }
    const inquiry = this.#inquiry(nowMs)
    const requests = this.#plan.due(inquiry, nowMs)
    const silentAtMs = inquiry.pace === 'heard' ? this.#heardUntilMs : nowMs + idleMs
    const nextMs = Math.min(nowMs + idleMs, silentAtMs, this.#plan.nextAtMs(inquiry, nowMs))
    this.#stall.sleepUntil(Math.max(nowMs + shortestWaitMs, nextMs))
    return requests
  }

  #heard(probe: Pending, rttMs: number, nowMs: number): void {
    const { stream, sentMs, record } = probe
    stream.roundTrip.add(rttMs)
    stream.answered(this.#settings.probe.upAfter)
    stream.lastAnswerMs = nowMs
    recordAnswer(probe, rttMs)
    this.#doubt.answered(probe)
    const { state, silentSinceMs } = this.#record
    if (state === 'unknown') this.#record.become('up', `${record.target} answers`, { nowMs })
    // An answer to a question from before the silence says nothing about the line now.
    if (state === 'down' && sentMs >= silentSinceMs) this.#recover(record.target, nowMs)
  }

  #recover(target: string, nowMs: number): void {
    const first = this.#recovery.answersSinceMs === null
    this.#recovery.answered(nowMs)
    if (first) this.#hurry(nowMs)
    this.#record.explain(this.#recovery.reason)
    const rounds = this.#recovery.answeredRounds
    if (rounds < this.#settings.probe.upAfter) return
    this.#plan.recovered(this.#record.sinceMs, nowMs)
    this.#record.become('up', `${target} answered ${rounds} rounds in a row`, { nowMs })
  }

  #refused(
    probe: Pending,
    outcome: Exclude<ProbeOutcome, { kind: 'answered' }>,
    nowMs: number,
  ): void {
    recordLoss(probe)
    this.#doubt.refused(probe, outcome)
    probe.stream.unanswered()
    this.#missed(probe, nowMs)
  }

  /** An answer is missing for long, or was refused. */
  #missed(probe: Pending, nowMs: number): void {
    const { stream, record, burst, sentMs } = probe
    // A burst that got an answer has done its work; its stragglers would start the next one.
    if (burst || !this.#plan.isNews(stream) || !stream.isWitness(record)) return
    this.#doubt.missed(probe)
    this.#suspect({ sinceMs: sentMs, silent: stream }, nowMs)
  }

  #judgeSuspicion(nowMs: number): void {
    const { suspicion } = this.#doubt
    const verdict = this.#doubt.judge(nowMs)
    if (verdict === 'silent' && suspicion !== null) {
      const silence = { plan: this.#plan, path: this.#path, nowMs }
      this.#goDown(silenceReason(suspicion, silence), suspicion.sinceMs, nowMs)
    }
    if (verdict !== 'over') return
    // The line may have fallen silent while it was asked.
    for (const probe of this.#plan.pending.stillDubious()) {
      if (this.#doubt.isNews(probe)) this.#missed(probe, nowMs)
    }
  }

  #goDown(reason: string, suspectedMs: number, nowMs: number): void {
    if (this.#record.speaks) this.#damping.flap(nowMs)
    this.#doubt.end()
    this.#recovery = new Recovery(nowMs, this.#settings.probe)
    this.#record.become('down', reason, { nowMs, suspectedMs })
    this.#hurry(nowMs)
  }

  #pathIsBack(before: WanPath, nowMs: number): void {
    if (before.evidence.kind === 'hijacked' || this.#record.state !== 'down') {
      this.#record.become('unknown', notProbedYet, { nowMs })
    } else {
      this.#record.become('down', 'its link is back, no reply yet', { nowMs })
      this.#recovery = new Recovery(nowMs, this.#settings.probe)
    }
    this.#plan.gateway.restart()
    this.#hurry(nowMs)
  }

  #suspect(sign: Sign, nowMs: number): void {
    if (this.#doubt.suspicion !== null || this.#record.state === 'down') return
    const streams = this.#plan.speakingStreams(this.#inquiry(nowMs).pace)
    this.#doubt.begin(sign, streams, nowMs)
    this.#plan.gateway.begin(nowMs)
    this.#stall.wake(nowMs)
  }

  #drop(): void {
    this.#doubt.end()
    this.#plan.drop()
  }

  #inquiry(nowMs: number): Inquiry {
    const [suspicion, inUse] = [this.#doubt.suspicion, this.#inUse]
    const { family, metered } = this.#settings
    const heard = nowMs < this.#heardUntilMs
    const mayReturn = this.#recovery.mayReturn(nowMs)
    const { state } = this.#record
    const pace = paceOf({ family, metered, inUse, heard, suspicion, mayReturn, state })
    return { pace, suspicion, small: metered && !inUse }
  }

  #hurry(nowMs: number): void {
    this.#plan.hurry(nowMs)
    this.#stall.wake(nowMs)
  }
}

const notProbedYet = 'not probed yet'
/** Even with nothing to do the state is looked at this often. */
const idleMs = 5_000
const shortestWaitMs = 2
/** The listener looks every 100 ms; a look may come a little late. */
const heardForMs = 130
