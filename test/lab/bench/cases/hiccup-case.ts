/**
 * The line in use is silent for less than anybody would call an outage, again and again, under
 * many running flows: none of them may notice more than the silence itself.
 */

import { House } from '../../house/house.ts'
import { bothUp } from '../../house/mqtt-house.ts'
import { type FlowCounts, ManyFlows } from '../../measure/many-flows.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import { type BenchSettings, pathMs } from '../bench-settings.ts'
import { type Measurement, measureBlock } from '../blocks.ts'
import { pause, phaseMs } from '../instruments/pause.ts'
import type { CaseResult, Row } from '../result/row.ts'

interface HiccupRun {
  readonly wantedMs: number
  /** As the flows saw it. */
  readonly silentMs: number
  readonly resets: number
  readonly moved: number
  readonly events: readonly string[]
}

const counts: FlowCounts = { tcp: 50, udp: 20 }
const shortestMs = 300
const longestMs = 600
/** What the two commands take. */
const toleranceMs = 40
const mostTries = 3
/**
 * Long enough for a late verdict; and a hiccup every 4.5 s is a tenth of the time, while at a fifth
 * a line is rightly called lossy.
 */
const afterMs = 3_500
const calmDeadlineMs = 30_000

export async function measureHiccups(settings: BenchSettings): Promise<CaseResult> {
  const { hiccups } = settings
  const measurement: Measurement<HiccupHouse, HiccupRun> = {
    name: 'hiccups',
    open: () => HiccupHouse.open(),
    measure: (house, run) => house.measure(run),
    describe: ({ silentMs, resets, moved, events }) =>
      `${Math.round(silentMs)} ms, ${resets} resets, ${moved} moved, ${events.length} events`,
  }
  const block = { first: 0, count: hiccups }
  const { done, failures } = await measureBlock(block, measurement, { ...settings, runs: hiccups })
  const row = { unit: 'count', failures, limit: { worst: 0 } } as const
  const title = `a hiccup of 0.3–0.6 s under ${counts.tcp} TCP and ${counts.udp} UDP flows`
  const rowOf = (id: string, what: string, of: (run: HiccupRun) => number): Row => {
    return { ...row, id: `hiccups-${id}`, title: `${title}: ${what}`, samples: done.map(of) }
  }
  return {
    rows: [
      rowOf('resets', 'connections reset', ({ resets }) => resets),
      rowOf('moved', 'running flows moved', ({ moved }) => moved),
      rowOf('events', 'events', ({ events }) => events.length),
    ],
    runs: done,
  }
}

class HiccupHouse implements AsyncDisposable {
  readonly #house: House
  readonly #flows: ManyFlows

  private constructor(house: House, flows: ManyFlows) {
    this.#house = house
    this.#flows = flows
  }

  static async open(): Promise<HiccupHouse> {
    const house = await House.open({ topology: 'one-subnet', pathMs })
    return new HiccupHouse(house, await ManyFlows.start(house.lab.client(1), counts))
  }

  /** A machine that was busy makes one too long now and then: what became of that is no result. */
  async measure(run: number): Promise<HiccupRun> {
    let made = ''
    for (let i = 0; i < mostTries; i += 1) {
      const { madeMs, ...measured } = await this.#hiccup(run)
      if (madeMs <= longestMs + toleranceMs) return measured
      made = `${madeMs.toFixed(0)} ms`
    }
    throw new Error(`${mostTries} hiccups were too long, the last one ${made}`)
  }

  async #hiccup(run: number): Promise<HiccupRun & { readonly madeMs: number }> {
    const { lab, mqtt } = this.#house
    await mqtt.waitForState((state) => bothUp(state) && state.active === 'primary', {
      deadlineMs: calmDeadlineMs,
      what: 'both up and the primary in use',
    })
    await pause(phaseMs(run))
    const wantedMs = shortestMs + (longestMs - shortestMs) * ((run * 0.414_214) % 1)

    const begin = await lab.fault({ wan: 1, kind: 'upstream-silent' })
    // The command that ends it takes as long as the one that began it.
    const commandMs = begin.afterMs - begin.beforeMs
    await pause(wantedMs - commandMs - (monotonicMs() - begin.beforeMs))
    const end = await lab.repair(1)
    await pause(afterMs)

    const toMs = monotonicMs()
    const silentMs = this.#silenceSince(begin.beforeMs)
    const madeMs = end.afterMs - begin.beforeMs
    if (silentMs < madeMs - commandMs - toleranceMs) {
      const made = `${madeMs.toFixed(0)} ms, and ${silentMs.toFixed(0)} ms for the flows`
      throw new Error(`a hiccup was ${made}: it was none`)
    }
    const events = mqtt.events.filter(({ seenMs }) => seenMs >= begin.beforeMs)
    return {
      madeMs,
      wantedMs,
      silentMs,
      resets: this.#flows.endedBetween(begin.beforeMs, toMs),
      moved: this.#flows.movedBetween(begin.beforeMs, toMs),
      events: events.map(({ event_type: type, reason }) => `${type}: ${reason}`),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flows.stop()
    await this.#house.close()
  }

  #silenceSince(fromMs: number): number {
    const silences = this.#flows.silences.filter(({ toMs }) => toMs >= fromMs)
    return Math.max(0, ...silences.map((silence) => silence.toMs - silence.fromMs))
  }
}
