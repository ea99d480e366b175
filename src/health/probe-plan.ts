/**
 * Which probes one WAN is sent, and when: each target once per interval and in turn, the bursts of
 * a suspicion, the questions to the gateway. It knows nothing of states and never judges.
 */
import type { Family } from '../model/address.ts'
import type { ProbeRequest } from '../model/probe.ts'
import { GatewayQuestions } from './gateway-questions.ts'
import type { MonitorSettings } from './monitor-settings.ts'
import type { Pace } from './pace.ts'
import { PendingProbes } from './pending-probes.ts'
import { ProbeStream } from './probe-stream.ts'
import type { Suspicion } from './suspicion.ts'
import type { TargetRecord } from './target-record.ts'
import type { WanPath } from './wan-path.ts'

/** What the judging side wants to be asked now. */
export interface Inquiry {
  readonly pace: Pace
  readonly suspicion: Suspicion | null
  /** No payload: every byte is paid for. */
  readonly small: boolean
}

export class ProbePlan {
  streams: readonly ProbeStream[] = []
  readonly pending: PendingProbes
  readonly gateway = new GatewayQuestions()
  readonly #settings: MonitorSettings
  #path: Pick<WanPath, 'link' | 'gateway'> = { link: null, gateway: null }

  constructor(settings: MonitorSettings) {
    this.#settings = settings
    this.pending = new PendingProbes(settings.index)
  }

  /** A new path: nothing that was measured on the old one holds. */
  start(path: WanPath, nowMs: number): void {
    this.drop()
    this.#path = path
    const { methods, targets, targets6, intervalMs } = this.#settings.probe
    const [firstMethod = 'icmp'] = methods
    const gapMs = intervalMs / Math.max(1, targets.length)
    const streamOf = (method: (typeof methods)[number], family: Family, delayMs: number) =>
      new ProbeStream(method, family, family === 'ipv4' ? targets : targets6, nowMs + delayMs)
    this.streams = methods.map((method, i) =>
      streamOf(method, 'ipv4', (i * gapMs) / methods.length),
    )
    if (path.gateway6 !== null && targets6.length > 0) {
      this.streams = [...this.streams, streamOf(firstMethod, 'ipv6', gapMs / 4)]
    }
  }

  /** Forgets what is under way: its answers would be about a path that is gone. */
  drop(): void {
    this.pending.clear()
    this.gateway.restart()
  }

  /** The first method's IPv4 stream, or the first of those that are answered. */
  mainStream(): ProbeStream | undefined {
    const ipv4 = this.streams.filter((stream) => stream.family === 'ipv4')
    return ipv4.find((stream) => !stream.silent) ?? ipv4[0]
  }

  /** The streams whose silence would be news at this pace. */
  speakingStreams(pace: Pace): readonly ProbeStream[] {
    const speaking = this.streams.filter((stream) => this.isNews(stream))
    return pace === 'standby' ? speaking.slice(0, 1) : speaking
  }

  /** Its silence would be news: it speaks, or none of those that count for the WAN does. */
  isNews(stream: ProbeStream): boolean {
    return !stream.silent || this.streams.every(({ silent, family }) => silent || family === 'ipv6')
  }

  /** The next regular probes go out now, not when a slower pace had planned them. */
  hurry(nowMs: number): void {
    for (const stream of this.streams) {
      stream.nextAtMs = Math.min(stream.nextAtMs, nowMs + this.#settings.probe.intervalMs)
    }
    const main = this.mainStream()
    if (main !== undefined) main.nextAtMs = Math.min(main.nextAtMs, nowMs)
  }

  /** The WAN is up again: the outage's samples don't count, and silent streams are known. */
  recovered(downSinceMs: number, nowMs: number): void {
    for (const stream of this.streams) stream.silent = stream.lastAnswerMs < downSinceMs
    this.forgetSamplesBefore(nowMs)
  }

  forgetSamplesBefore(sinceMs: number): void {
    for (const stream of this.streams) {
      for (const record of stream.records) record.forgetBefore(sinceMs)
    }
  }

  /** The requests that are due; they count as sent. */
  due(inquiry: Inquiry, nowMs: number): ProbeRequest[] {
    return [
      ...this.#gatewayQuestion(inquiry, nowMs),
      ...this.#burst(inquiry, nowMs),
      ...this.#regular(inquiry, nowMs),
    ]
  }

  /** When something is due or overdue next. */
  nextAtMs({ pace, suspicion }: Inquiry, nowMs: number): number {
    const { probe } = this.#settings
    const times = [this.pending.nextJudgementMs(probe.timeoutMs)]
    times.push(this.gateway.nextMs(suspicion, nowMs))
    if (suspicion !== null) times.push(suspicion.nextAtMs(probe))
    for (const stream of this.streams) {
      if (Number.isFinite(this.#periodMs(stream, pace))) times.push(dueAtMs(stream, pace))
    }
    return Math.min(...times)
  }

  #gatewayQuestion({ suspicion }: Inquiry, nowMs: number): ProbeRequest[] {
    const { link, gateway } = this.#path
    if (gateway === null || !this.gateway.isDue(suspicion, nowMs)) return []
    const id = this.pending.takeId()
    this.gateway.asked(id, nowMs)
    const question = { method: 'neighbour', family: 'ipv4', target: gateway, small: true } as const
    return [{ id, wan: this.#settings.index, ...question, link: link ?? '' }]
  }

  #burst(inquiry: Inquiry, nowMs: number): ProbeRequest[] {
    const { suspicion } = inquiry
    if (suspicion?.isRoundDue(this.#settings.probe.downAfter, nowMs) !== true) return []
    suspicion.roundsSent += 1
    suspicion.nextRoundAtMs = nowMs + this.#roundGapMs(suspicion)
    const asked = suspicion.streams.filter((stream) => !suspicion.hasAnswered(stream))
    return asked.flatMap((stream) =>
      stream.records.map((record) => {
        const request = this.#request({ stream, record, burst: true }, inquiry, nowMs)
        suspicion.sent(request.id)
        return request
      }),
    )
  }

  /** The rounds are spread over the time-out: a line that hiccups for less than it is not dead. */
  #roundGapMs({ streams }: Suspicion): number {
    const { timeoutMs, downAfter } = this.#settings.probe
    const plausibleMs = Math.max(
      ...streams.map((stream) => stream.roundTrip.plausibleMs(timeoutMs)),
    )
    return Math.max(shortestGapMs, (timeoutMs - plausibleMs) / downAfter)
  }

  #regular(inquiry: Inquiry, nowMs: number): ProbeRequest[] {
    const requests: ProbeRequest[] = []
    for (const stream of this.streams) {
      const periodMs = this.#periodMs(stream, inquiry.pace)
      if (dueAtMs(stream, inquiry.pace) > nowMs || !Number.isFinite(periodMs)) continue
      const onTimeMs = stream.nextAtMs + periodMs
      stream.nextAtMs = onTimeMs > nowMs ? onTimeMs : nowMs + periodMs
      stream.lastAskedMs = nowMs
      const record = stream.takeTurn()
      if (record === undefined) continue
      requests.push(this.#request({ stream, record, burst: false }, inquiry, nowMs))
    }
    return requests
  }

  /** Infinite: not asked at this pace. A silent stream goes on being asked, or it stayed silent. */
  #periodMs(stream: ProbeStream, pace: Pace): number {
    const { intervalMs, meteredIntervalMs } = this.#settings.probe
    if (pace !== 'standby') {
      return stream === this.streams[0] ? intervalMs / stream.records.length : intervalMs
    }
    const asked = stream === this.mainStream() || (stream.silent && stream.isExpected)
    return asked ? meteredIntervalMs : Number.POSITIVE_INFINITY
  }

  #request(
    probe: { readonly stream: ProbeStream; readonly record: TargetRecord; readonly burst: boolean },
    { small }: Inquiry,
    nowMs: number,
  ): ProbeRequest {
    const { method, family } = probe.stream
    return {
      id: this.pending.add({ ...probe, sentMs: nowMs }),
      wan: this.#settings.index,
      method,
      family,
      target: probe.record.target,
      link: this.#path.link ?? '',
      small,
    }
  }
}

/** While traffic is heard a probe stays due: it goes out the moment the traffic stops. */
function dueAtMs({ nextAtMs, lastAskedMs }: ProbeStream, pace: Pace): number {
  return pace === 'heard' ? Math.max(nextAtMs, lastAskedMs + heardGapMs) : nextAtMs
}

const shortestGapMs = 50
/** What comes in may be the gateway's own words: a dead line is found after so long at most. */
const heardGapMs = 5_000
