/**
 * The house on its screen: tells the story's sentences and results, looks at the house ten times a
 * second, and shows both. It decides nothing.
 */

import { monotonicMs } from '../measure/monotonic.ts'
import type { WanNumber } from '../network/plan.ts'
import { type DemoHouse, wanNames } from './demo-house.ts'
import type { DemoState, StepResult, WanView } from './demo-state.ts'
import { answerStrip } from './screen/answer-strip.ts'
import { eventSentence } from './screen/event-sentence.ts'
import type { Screen } from './screen/screen.ts'
import type { Teller } from './story.ts'

const frameMs = 100

export interface PerformanceOptions {
  readonly startedMs: number
  readonly chapters: number
}

export class Performance implements Teller {
  readonly results: StepResult[] = []
  readonly #house: DemoHouse
  readonly #screen: Screen
  readonly #startedMs: number
  readonly #chapters: number
  readonly #timer: NodeJS.Timeout
  #number = 0
  #title = ''
  #sentence = ''
  #keys: string | null = null

  constructor(house: DemoHouse, screen: Screen, { startedMs, chapters }: PerformanceOptions) {
    this.#house = house
    this.#screen = screen
    this.#startedMs = startedMs
    this.#chapters = chapters
    this.#timer = setInterval(() => this.#show(), frameMs)
  }

  tell(title: string, sentence: string): void {
    if (title !== this.#title) this.#number = Math.min(this.#number + 1, this.#chapters)
    this.#title = title
    this.#sentence = sentence
    this.#show()
  }

  note(result: StepResult): void {
    this.results.push(result)
    this.#show()
  }

  look(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms))
  }

  showKeys(keys: string | null): void {
    this.#keys = keys
    this.#show()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #show(): void {
    this.#screen.show(this.#state())
  }

  #state(): DemoState {
    const { mqtt } = this.#house
    const samples = this.#house.samples()
    const daemonOnline = mqtt.topic('status') === 'online' && this.#house.daemonRunning
    const active = mqtt.state()?.active ?? null
    // Without a daemon nobody says who carries the traffic, but the client sees it.
    const seen = samples.findLast(({ answer }) => answer !== null)?.answer?.wan ?? null
    return {
      elapsedMs: monotonicMs() - this.#startedMs,
      chapter: {
        number: this.#number,
        of: this.#chapters,
        title: this.#title,
        sentence: this.#sentence,
      },
      wans: [this.#wan(1, daemonOnline), this.#wan(2, daemonOnline)],
      carrying: daemonOnline ? numberOf(active) : seen,
      daemonOnline,
      strip: answerStrip(samples, monotonicMs()),
      events: mqtt.events.map(eventSentence),
      results: [...this.results],
      keys: this.#keys,
    }
  }

  /** What an absent daemon left behind at the broker is not what is. */
  #wan(number: WanNumber, daemonOnline: boolean): WanView {
    const name = wanNames[number - 1] ?? ''
    const wan = daemonOnline ? this.#house.mqtt.state()?.wans[name] : undefined
    return {
      number,
      name,
      gateway: this.#house.lab.wan(number).gateway,
      state: wan?.state ?? 'unknown',
      latencyMs: wan?.latency_ms ?? null,
      lossPercent: wan?.loss_percent ?? null,
      cut: this.#house.isCut(number),
    }
  }
}

function numberOf(name: string | null): WanNumber | null {
  switch (name) {
    case wanNames[0]:
      return 1
    case wanNames[1]:
      return 2
    default:
      return null
  }
}
