/**
 * Which probes one WAN is sent in one family, and when: each target once per interval and in turn, the bursts of
 * a suspicion, the questions to the gateway. It knows nothing of states and never judges.
 */
import type { ProbeRequest } from '../../model/probe.ts'
import { gatewayAddress } from '../../model/uplink.ts'
import type { MonitorSettings } from '../monitor-settings.ts'
import type { Suspicion } from '../verdict/suspicion.ts'
import type { WanPath } from '../wan-path.ts'
import { GatewayQuestions } from './gateway-questions.ts'
import type { Pace } from './pace.ts'
import { PendingProbes } from './pending-probes.ts'
import { ProbeStream } from './probe-stream.ts'
import type { TargetRecord } from './target-record.ts'

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
  #path: Pick<WanPath, 'link' | 'hop'> = { link: null, hop: null }

  constructor(settings: MonitorSettings) {
    this.#settings = settings
    this.pending = new PendingProbes(settings)
  }

  /** A new path: nothing that was measured on the old one holds. */
  start(path: WanPath, nowMs: number): void {
    this.drop()
    this.#path = path
    const { family, probe } = this.#settings
    const { methods, intervalMs } = probe
    const targets = probe.targets[family]
    const gapMs = intervalMs / Math.max(1, targets.length)
    this.streams = methods.map(
      (method, i) =>
        new ProbeStream(method, { family, targets }, nowMs + (i * gapMs) / methods.length),
    )
  }

  /** Forgets what is under way: its answers would be about a path that is gone. */
  drop(): void {
    this.pending.clear()
    this.gateway.restart()
  }

  /** The first method's stream, or the first that is answered. */
  mainStream(): ProbeStream | undefined {
    return this.streams.find((stream) => !stream.silent) ?? this.streams[0]
  }

  /** The streams to ask in a suspicion: those that speak, and those that have just begun to again. */
  speakingStreams(pace: Pace): readonly ProbeStream[] {
    const speaking = this.streams.filter((stream) => this.isNews(stream) || stream.isReturning)
    return pace === 'standby' ? speaking.slice(0, 1) : speaking
  }

  /** Its silence would be news: it speaks, or none does. */
  isNews(stream: ProbeStream): boolean {
    return !stream.silent || this.streams.every((one) => one.silent)
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

  /** Another number means that something is to be judged again. */
  get version(): number {
    let version = 0
    for (const stream of this.streams) version += stream.version
    return version
  }

  forgetSamplesBefore(sinceMs: number): void {
    for (const stream of this.streams) {
      for (const record of stream.records) record.forgetBefore(sinceMs)
    }
  }

  /** The requests that are due; they count as sent. */
  due(inquiry: Inquiry, nowMs: number): ProbeRequest[] {
    const requests: ProbeRequest[] = []
    this.#askGateway(inquiry, nowMs, requests)
    this.#askBurst(inquiry, nowMs, requests)
    this.#askRegular(inquiry, nowMs, requests)
    return requests
  }

  /** When something is due or overdue next. */
  nextAtMs({ pace, suspicion }: Inquiry, nowMs: number): number {
    const { probe } = this.#settings
    let nextMs = this.pending.nextJudgementMs(probe.timeoutMs)
    if (this.#gatewayToAsk() !== null) {
      nextMs = Math.min(nextMs, this.gateway.nextMs(suspicion, nowMs))
    }
    if (suspicion !== null) nextMs = Math.min(nextMs, suspicion.nextAtMs())
    for (const stream of this.streams) {
      const dueMs = dueAtMs(stream, pace)
      if (dueMs < nextMs && Number.isFinite(this.#periodMs(stream, pace))) nextMs = dueMs
    }
    return nextMs
  }

  /** null: nobody is there, or ARP can't ask them; then the kernel's neighbour table has to tell. */
  #gatewayToAsk(): string | null {
    return this.#settings.family === 'ipv4' ? gatewayAddress(this.#path.hop) : null
  }

  #askGateway({ suspicion }: Inquiry, nowMs: number, requests: ProbeRequest[]): void {
    const { family, index } = this.#settings
    const gateway = this.#gatewayToAsk()
    if (gateway === null || !this.gateway.isDue(suspicion, nowMs)) return
    const id = this.pending.takeId()
    this.gateway.asked(id, nowMs)
    const question = { method: 'neighbour', family, target: gateway, small: true } as const
    requests.push({ id, wan: index, ...question, link: this.#path.link ?? '' })
  }

  #askBurst(inquiry: Inquiry, nowMs: number, requests: ProbeRequest[]): void {
    const { suspicion } = inquiry
    if (suspicion?.isRoundDue(nowMs) !== true) return
    suspicion.beginRound(nowMs)
    const silent = suspicion.streams.filter((stream) => !suspicion.hasAnswered(stream))
    const asked = suspicion.roundsSent > suspicion.downAfter ? silent.slice(0, 1) : silent
    for (const stream of asked) {
      for (const record of stream.records) {
        const request = this.#request({ stream, record, burst: true }, inquiry, nowMs)
        suspicion.sent(request.id, stream)
        requests.push(request)
      }
    }
  }

  #askRegular(inquiry: Inquiry, nowMs: number, requests: ProbeRequest[]): void {
    for (const stream of this.streams) {
      if (dueAtMs(stream, inquiry.pace) > nowMs) continue
      const periodMs = this.#periodMs(stream, inquiry.pace)
      if (!Number.isFinite(periodMs)) continue
      const onTimeMs = stream.nextAtMs + periodMs
      stream.nextAtMs = onTimeMs > nowMs ? onTimeMs : nowMs + periodMs
      stream.lastAskedMs = nowMs
      const record = stream.takeTurn()
      if (record === undefined) continue
      requests.push(this.#request({ stream, record, burst: false }, inquiry, nowMs))
    }
  }

  /** Infinite: not asked at this pace. A silent stream goes on being asked, or it stayed silent. */
  #periodMs(stream: ProbeStream, pace: Pace): number {
    const { intervalMs, meteredIntervalMs } = this.#settings.probe
    if (pace !== 'standby') {
      const periodMs = stream === this.streams[0] ? intervalMs / stream.records.length : intervalMs
      const isSearching = pace === 'search' && stream === this.mainStream()
      return isSearching ? Math.min(periodMs, searchGapMs) : periodMs
    }
    const asked = stream === this.mainStream() || stream.silent
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

/** With a round trip and the change of the rules, the first answer carries within half a second. */
const searchGapMs = 250
/** What comes in may be the gateway's own words: a dead line is found after so long at most. */
const heardGapMs = 5_000
