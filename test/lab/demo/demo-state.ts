/** What the demo shows at one moment: plain values, from which frames and lines are drawn. */
import type { HealthState } from '../../../src/model/health.ts'
import type { WanNumber } from '../network/plan.ts'

export interface DemoState {
  readonly elapsedMs: number
  readonly chapter: Chapter
  readonly wans: readonly [WanView, WanView]
  /** Who carries the traffic; null while nobody knows. */
  readonly carrying: WanNumber | null
  readonly daemonOnline: boolean
  /** The client's last answers, oldest first. */
  readonly strip: readonly StripCell[]
  /** A sentence each, oldest first; an entry never changes. */
  readonly events: readonly string[]
  readonly results: readonly StepResult[]
  /** What the keys do; null where there are none. */
  readonly keys: string | null
}

export interface Chapter {
  readonly number: number
  readonly of: number
  readonly title: string
  readonly sentence: string
}

export interface WanView {
  readonly number: WanNumber
  readonly name: string
  readonly gateway: string
  /** As the daemon publishes it over MQTT, like the next two. */
  readonly state: HealthState
  readonly latencyMs: number | null
  readonly lossPercent: number | null
  /** The demo made its upstream silent, whether or not the daemon knows by now. */
  readonly cut: boolean
}

/** What became of the packets of a short time: all answered by that WAN, or at least one not. */
export type StripCell = WanNumber | 'lost' | 'nothing sent'

export interface StepResult {
  readonly step: string
  readonly measured: string
  readonly expected: string
  readonly ok: boolean
}
