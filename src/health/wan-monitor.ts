/**
 * The health of one WAN: takes answers, evidence and the time, gives the probes to send and the
 * state. It computes and never acts: no clock, no timer, no I/O; the same calls give the same
 * result. Whoever drives it calls `judge` and `dueProbes` no later than `wakeAtMs` says.
 */

import type { HealthState, LinkEvidence, WanHealth } from '../model/health.ts'
import type { ProbeOutcome, ProbeRequest, ProbeResult } from '../model/probe.ts'
import type { FailbackSettings, ProbeSettings } from '../model/settings.ts'
import { degradation } from './degradation.ts'
import { FlapDamping } from './flap-damping.ts'
import { GatewayQuestions } from './gateway-questions.ts'
import { type Pending, PendingProbes } from './pending-probes.ts'
import { ProbeStream } from './probe-stream.ts'
import { Recovery } from './recovery.ts'
import { Suspicion } from './suspicion.ts'

export interface MonitorSettings {
  readonly name: string
  readonly index: number
  readonly metered: boolean
  readonly probe: ProbeSettings
  readonly failback: FailbackSettings
}

/** Where the WAN's probes go, as far as the host tells. */
export interface WanPath {
  readonly link: string | null
  readonly gateway: string | null
  readonly gateway6: string | null
  readonly evidence: LinkEvidence
}

export class WanMonitor {
  readonly #settings: MonitorSettings
  readonly #damping: FlapDamping
  readonly #pending: PendingProbes
  readonly #questions: GatewayQuestions
  #path: WanPath = {
    link: null,
    gateway: null,
    gateway6: null,
    evidence: { kind: 'unusable', reason: 'not looked at yet' },
  }
  #streams: ProbeStream[] = []
  #state: HealthState = 'unknown'
  #reason = 'not probed yet'
  #sinceMs: number
  #suspectedMs: number | null = null
  #suspicion: Suspicion | null = null
  #recovery: Recovery
  #inUse = false
  #wakeMs: number
  /** After a stall of ours, answers wait in the sockets: nobody is judged until they are read. */
  #judgeAfterMs: number

  constructor(settings: MonitorSettings, nowMs: number) {
    this.#settings = settings
    this.#damping = new FlapDamping(settings.failback)
    this.#pending = new PendingProbes(settings.index)
    this.#questions = new GatewayQuestions()
    this.#recovery = new Recovery(nowMs, settings.probe.intervalMs)
    this.#sinceMs = nowMs
    this.#wakeMs = nowMs
    this.#judgeAfterMs = nowMs
  }

  get name(): string {
    return this.#settings.name
  }

  health(nowMs: number): WanHealth {
    const main = this.#mainStream()
    const speaks = this.#state === 'up' || this.#state === 'degraded'
    return {
      state: this.#state,
      reason: this.#reason,
      sinceMs: this.#sinceMs,
      suspectedMs: this.#suspectedMs,
      latencyMs: speaks ? (main?.latencyMs() ?? null) : null,
      jitterMs: speaks ? (main?.jitterMs() ?? null) : null,
      lossPercent: speaks ? (main?.lossPercent() ?? null) : this.#state === 'down' ? 100 : null,
      holdDownMs: this.#damping.holdDownMs(nowMs),
    }
  }

  /** When `judge` and `dueProbes` want to be called next. */
  wakeAtMs(): number {
    return this.#wakeMs
  }

  /** Traffic uses this WAN, or doesn't any more: a metered WAN in use is probed at full rate. */
  setInUse(inUse: boolean, nowMs: number): void {
    if (inUse === this.#inUse) return
    this.#inUse = inUse
    this.#hurry(nowMs)
  }

  /** Tells what the host says of the WAN's link and gateway. */
  setPath(path: WanPath, nowMs: number): void {
    const before = this.#path
    this.#path = path
    const moved =
      before.link !== path.link ||
      before.gateway !== path.gateway ||
      before.gateway6 !== path.gateway6
    if (moved) this.#startStreams(nowMs)
    if (path.evidence.kind === 'unusable') {
      this.#dropQuestions()
      if (this.#state !== 'down' || this.#reason !== path.evidence.reason) {
        this.#goDown(path.evidence.reason, nowMs, nowMs)
      }
      return
    }
    if (path.evidence.kind === 'hijacked') {
      this.#dropQuestions()
      this.#become('unknown', path.evidence.reason, nowMs)
      return
    }
    if (before.evidence.kind !== 'usable') this.#pathIsBack(before, nowMs)
    else if (moved && this.#state !== 'down') this.#suspect(nowMs, nowMs)
  }

  /** The kernel gave up on the gateway's neighbour entry. */
  neighbourFailed(nowMs: number): void {
    if (this.#path.evidence.kind !== 'usable' || this.#state === 'down') return
    if (this.#suspicion?.allSilent === true && this.#suspicion.roundsSent > 0) {
      this.#goDown(this.#gatewaySilentReason(), this.#suspicion.sinceMs, nowMs)
      return
    }
    this.#suspect(nowMs, nowMs)
  }

  /** Takes what became of a probe. */
  take(result: ProbeResult, nowMs: number): void {
    if (this.#questions.take(result, nowMs)) {
      this.#wakeMs = nowMs
      return
    }
    const probe = this.#pending.settle(result.id)
    if (probe === null) return
    if (result.outcome.kind === 'answered') this.#heard(probe, result.outcome.rttMs, nowMs)
    else this.#refused(probe, result.outcome, nowMs)
    this.#wakeMs = nowMs
  }

  /** Judges what is overdue. */
  judge(nowMs: number): void {
    if (nowMs - this.#wakeMs > stallMs) this.#judgeAfterMs = nowMs + graceMs
    if (this.#path.evidence.kind === 'usable' && nowMs >= this.#judgeAfterMs) this.#judge(nowMs)
  }

  /** The probes that are due; whoever asks has to send them now. */
  dueProbes(nowMs: number): readonly ProbeRequest[] {
    if (this.#path.evidence.kind !== 'usable') {
      this.#wakeMs = nowMs + idleMs
      return []
    }
    const requests = this.#burst(nowMs)
    for (const stream of this.#streams) {
      if (this.#isDue(stream, nowMs)) requests.push(...this.#regularProbe(stream, nowMs))
    }
    this.#wakeMs = this.#nextWake(nowMs)
    return requests
  }

  // What was heard.

  #heard(probe: Pending, rttMs: number, nowMs: number): void {
    probe.stream.roundTrip.add(rttMs)
    probe.stream.answered(this.#settings.probe.upAfter)
    probe.stream.lastAnswerMs = nowMs
    probe.record.silentInARow = 0
    if (probe.sample !== null) probe.sample.rttMs = rttMs
    else if (!probe.burst) probe.sample = probe.record.add(probe.sentMs, rttMs)
    const suspicion = this.#suspicion
    if (suspicion !== null && probe.sentMs >= suspicion.sinceMs) {
      suspicion.answered.add(probe.stream)
    }
    suspicion?.open.delete(probe.id)
    if (probe.stream.family !== 'ipv4') return
    if (this.#state === 'unknown') this.#become('up', `${probe.record.target} answers`, nowMs)
    else if (this.#state === 'down' && probe.sentMs >= this.#silentSinceMs())
      this.#recover(probe, nowMs)
  }

  /** An answer to a question from before the silence says nothing about the line now. */
  #silentSinceMs(): number {
    return this.#suspectedMs ?? this.#sinceMs
  }

  #recover(probe: Pending, nowMs: number): void {
    const first = this.#recovery.answeredRounds === 0
    this.#recovery.answered()
    if (first) this.#hurry(nowMs)
    if (this.#recovery.answeredRounds < this.#settings.probe.upAfter) return
    for (const stream of this.#streams) {
      stream.silent = stream.lastAnswerMs < this.#sinceMs
      for (const record of stream.records) record.forgetBefore(nowMs)
    }
    const rounds = this.#recovery.answeredRounds
    this.#become('up', `${probe.record.target} answers again, ${rounds} rounds in a row`, nowMs)
  }

  #refused(probe: Pending, outcome: Exclude<ProbeOutcome, { kind: 'answered' }>, nowMs: number) {
    if (!probe.burst) {
      probe.sample ??= probe.record.add(probe.sentMs, null)
      probe.record.silentInARow += 1
    }
    if (this.#suspicion !== null) {
      this.#suspicion.open.delete(probe.id)
      this.#suspicion.refusal = outcome.reason
    }
    this.#missed(probe, nowMs)
  }

  /** An answer is missing for longer than plausible, or was refused. */
  #missed(probe: Pending, nowMs: number): void {
    probe.stream.unanswered()
    if (this.#state === 'down' || this.#suspicion !== null || probe.stream.silent) return
    const { records } = probe.stream
    if (probe.record.setAside && !records.every((record) => record.setAside)) return
    this.#suspect(probe.sentMs, nowMs)
  }

  // Judging.

  #judge(nowMs: number): void {
    const { timeoutMs } = this.#settings.probe
    for (const probe of this.#pending.overdue(nowMs, timeoutMs)) {
      if (this.#suspicion?.open.delete(probe.id) === true) this.#suspicion.silences += 1
      this.#missed(probe, nowMs)
    }
    for (const probe of this.#pending.lost(nowMs, timeoutMs)) {
      if (probe.burst) continue
      probe.sample ??= probe.record.add(probe.sentMs, null)
      probe.record.silentInARow += 1
    }
    this.#questions.judge(nowMs)
    if (this.#suspicion !== null) this.#judgeSuspicion(this.#suspicion, nowMs)
    if (this.#state === 'down') this.#recovery.advance(nowMs)
    if (this.#state === 'up' || this.#state === 'degraded') this.#judgeQuality(nowMs)
  }

  #judgeSuspicion(suspicion: Suspicion, nowMs: number): void {
    if (suspicion.everyStreamAnswered) {
      this.#suspicion = null
      return
    }
    if (suspicion.allSilent && this.#questions.silent >= askRounds) {
      this.#goDown(this.#gatewaySilentReason(), suspicion.sinceMs, nowMs)
      return
    }
    const { downAfter, timeoutMs } = this.#settings.probe
    if (suspicion.roundsSent < downAfter || suspicion.open.size > 0) return
    const waited = nowMs - suspicion.sinceMs >= timeoutMs
    if (suspicion.silences > 0 && !waited) return
    if (suspicion.allSilent) {
      this.#goDown(this.#silentReason(suspicion, nowMs), suspicion.sinceMs, nowMs)
      return
    }
    for (const stream of suspicion.streams) {
      if (!suspicion.answered.has(stream)) stream.silent = true
    }
    this.#suspicion = null
  }

  #judgeQuality(nowMs: number): void {
    const main = this.#mainStream()
    if (main === undefined) return
    for (const stream of this.#streams) {
      for (const record of stream.records) record.forgetBefore(nowMs - oldestSampleMs)
    }
    const wasDegraded = this.#state === 'degraded'
    const reason = degradation(this.#streams, main, { ...this.#settings.probe, wasDegraded })
    if (reason !== null) this.#become('degraded', reason, nowMs)
    else if (wasDegraded) this.#become('up', 'answers, loss and latency are as they should', nowMs)
  }

  // States.

  #become(state: HealthState, reason: string, nowMs: number): void {
    this.#reason = reason
    if (state === this.#state) return
    this.#state = state
    this.#sinceMs = nowMs
    if (state !== 'down') this.#suspectedMs = null
    this.#wakeMs = nowMs
  }

  #goDown(reason: string, suspectedMs: number, nowMs: number): void {
    if (this.#state === 'up' || this.#state === 'degraded') this.#damping.flap(nowMs)
    this.#suspicion = null
    if (this.#state !== 'down') this.#suspectedMs = suspectedMs
    this.#recovery = new Recovery(nowMs, this.#settings.probe.intervalMs)
    this.#become('down', reason, nowMs)
  }

  #pathIsBack(before: WanPath, nowMs: number): void {
    if (this.#streams.length === 0) this.#startStreams(nowMs)
    if (before.evidence.kind === 'hijacked' || this.#state !== 'down') {
      this.#become('unknown', 'not probed yet', nowMs)
    } else {
      this.#recovery = new Recovery(nowMs, this.#settings.probe.intervalMs)
      this.#reason = 'its link is back, waiting for answers'
    }
    this.#questions.restart()
    this.#hurry(nowMs)
  }

  #suspect(sinceMs: number, nowMs: number): void {
    if (this.#suspicion !== null || this.#state === 'down') return
    const streams = this.#streams.filter((stream) => !stream.silent)
    const asked = this.#pace(nowMs) === 'standby' ? streams.slice(0, 1) : streams
    this.#suspicion = new Suspicion(sinceMs, asked, nowMs)
    this.#questions.forgetSilence()
    this.#wakeMs = nowMs
  }

  #silentReason(suspicion: Suspicion, nowMs: number): string {
    const asked = this.#mainStream()?.records.map((record) => record.target) ?? []
    const silentMs = Math.round(nowMs - suspicion.sinceMs)
    if (suspicion.refusal !== null && suspicion.silences === 0) return suspicion.refusal
    const gateway = this.#questions.answeredSince(suspicion.sinceMs)
      ? `, though the gateway ${this.#path.gateway} does`
      : ''
    return `none of ${asked.join(', ')} answers for ${silentMs} ms${gateway}`
  }

  #gatewaySilentReason(): string {
    return `the gateway ${this.#path.gateway} does not answer on ${this.#path.link}`
  }

  // Sending.

  #startStreams(nowMs: number): void {
    this.#dropQuestions()
    const { methods, targets, targets6, intervalMs } = this.#settings.probe
    const [firstMethod = 'icmp'] = methods
    const gapMs = intervalMs / Math.max(1, targets.length)
    this.#streams = methods.map(
      (method, i) => new ProbeStream(method, 'ipv4', targets, nowMs + (i * gapMs) / methods.length),
    )
    if (this.#path.gateway6 !== null && targets6.length > 0) {
      this.#streams.push(new ProbeStream(firstMethod, 'ipv6', targets6, nowMs + gapMs / 4))
    }
  }

  #dropQuestions(): void {
    this.#pending.clear()
    this.#questions.restart()
    this.#suspicion = null
  }

  /** The first method's IPv4 stream, or the first of those that are answered. */
  #mainStream(): ProbeStream | undefined {
    const ipv4 = this.#streams.filter((stream) => stream.family === 'ipv4')
    return ipv4.find((stream) => !stream.silent) ?? ipv4[0]
  }

  #pace(nowMs: number): 'full' | 'standby' {
    if (!this.#settings.metered || this.#inUse) return 'full'
    if (this.#suspicion !== null || this.#state === 'unknown') return 'full'
    if (this.#state !== 'down') return 'standby'
    const trying = this.#recovery.answeredRounds > 0 || nowMs - this.#sinceMs < meteredRetryMs
    return trying ? 'full' : 'standby'
  }

  #periodMs(stream: ProbeStream, nowMs: number): number {
    const { intervalMs, meteredIntervalMs } = this.#settings.probe
    const first = stream === this.#streams[0]
    if (this.#pace(nowMs) === 'standby') return first ? meteredIntervalMs : Number.POSITIVE_INFINITY
    return first ? intervalMs / stream.records.length : intervalMs
  }

  #isDue(stream: ProbeStream, nowMs: number): boolean {
    return stream.nextAtMs <= nowMs && Number.isFinite(this.#periodMs(stream, nowMs))
  }

  #regularProbe(stream: ProbeStream, nowMs: number): ProbeRequest[] {
    const periodMs = this.#periodMs(stream, nowMs)
    const onTime = stream.nextAtMs + periodMs
    stream.nextAtMs = onTime > nowMs ? onTime : nowMs + periodMs
    const record = stream.takeTurn()
    return record === undefined ? [] : [this.#request(stream, record, { burst: false, nowMs })]
  }

  #burst(nowMs: number): ProbeRequest[] {
    const requests: ProbeRequest[] = []
    const link = this.#path.link ?? ''
    const gateway = this.#path.gateway
    if (gateway !== null && this.#questions.isDue(this.#suspicion, nowMs)) {
      const id = this.#pending.takeId()
      this.#questions.asked(id, nowMs)
      const question = { method: 'neighbour', family: 'ipv4', target: gateway } as const
      requests.push({ id, wan: this.#settings.index, ...question, link, small: true })
    }
    const suspicion = this.#suspicion
    if (suspicion === null || suspicion.roundsSent >= this.#settings.probe.downAfter) {
      return requests
    }
    const refusedRound = suspicion.refusal !== null && suspicion.open.size === 0
    if (nowMs < suspicion.nextRoundAtMs && !refusedRound) return requests
    suspicion.roundsSent += 1
    suspicion.nextRoundAtMs = nowMs + this.#roundGapMs(suspicion)
    for (const stream of suspicion.streams) {
      if (suspicion.answered.has(stream)) continue
      for (const record of stream.records) {
        const request = this.#request(stream, record, { burst: true, nowMs })
        suspicion.open.add(request.id)
        requests.push(request)
      }
    }
    return requests
  }

  /** The rounds are spread over the time-out: a line that hiccups for less than it is not dead. */
  #roundGapMs(suspicion: Suspicion): number {
    const { timeoutMs, downAfter } = this.#settings.probe
    const plausibleMs = Math.max(
      ...suspicion.streams.map((stream) => stream.roundTrip.plausibleMs(timeoutMs)),
    )
    return Math.max(shortestGapMs, (timeoutMs - plausibleMs) / downAfter)
  }

  #request(
    stream: ProbeStream,
    record: Pending['record'],
    { burst, nowMs }: { burst: boolean; nowMs: number },
  ): ProbeRequest {
    const id = this.#pending.add({ stream, record, sentMs: nowMs, burst })
    return {
      id,
      wan: this.#settings.index,
      method: stream.method,
      family: stream.family,
      target: record.target,
      link: this.#path.link ?? '',
      small: this.#settings.metered && !this.#inUse,
    }
  }

  /** The next regular probes go out now, not when a slower pace had planned them. */
  #hurry(nowMs: number): void {
    for (const stream of this.#streams) {
      stream.nextAtMs = Math.min(stream.nextAtMs, nowMs + this.#settings.probe.intervalMs)
    }
    const [first] = this.#streams
    if (first !== undefined) first.nextAtMs = Math.min(first.nextAtMs, nowMs)
    this.#wakeMs = nowMs
  }

  #nextWake(nowMs: number): number {
    const { timeoutMs, downAfter } = this.#settings.probe
    const times = [nowMs + idleMs, this.#pending.nextJudgementMs(timeoutMs)]
    times.push(this.#questions.nextMs(this.#suspicion, nowMs))
    for (const stream of this.#streams) {
      if (Number.isFinite(this.#periodMs(stream, nowMs))) times.push(stream.nextAtMs)
    }
    const suspicion = this.#suspicion
    if (suspicion !== null) {
      if (suspicion.roundsSent < downAfter) times.push(suspicion.nextRoundAtMs)
      else if (suspicion.open.size === 0) times.push(suspicion.sinceMs + timeoutMs)
    }
    return Math.max(nowMs + shortestWaitMs, this.#judgeAfterMs, Math.min(...times))
  }
}

/** The loop was busy or the machine asleep for longer than this: first read, then judge. */
const stallMs = 250
const graceMs = 50
/** Even with nothing to do the state is looked at this often. */
const idleMs = 5_000
const shortestWaitMs = 2
const shortestGapMs = 50
/** Unanswered questions to a gateway that has answered before; decided in a quarter second. */
const askRounds = 3
const oldestSampleMs = 600_000
/** A metered WAN that stays down is asked at `interval` for so long, then rarely. */
const meteredRetryMs = 60_000
