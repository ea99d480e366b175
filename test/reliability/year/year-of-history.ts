/** A house's history over months, with its outages: whether it stays small, quick and quiet. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { History } from '../../../src/web/history/history.ts'
import {
  exampleEvent,
  exampleSnapshot,
  exampleWanSnapshot,
} from '../../examples/example-snapshot.ts'
import { HandClock } from '../../fakes/hand-clock.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import type { Random } from '../../random.ts'

const sampleMs = 10_000
const dayMs = 86_400_000
/** What has been deleted leaves pages behind that are filled again. */
const mostGrowth = 1.25
/** The history is full after so many days: each one more takes the place of an old one. */
export const fullAfterDays = 32
const slowestAnswerMs = 100

export class YearOfHistory {
  readonly #folder = mkdtempSync(join(tmpdir(), 'wan-failover-year-'))
  readonly #clock = new HandClock()
  readonly #log = new RecordedLog()
  readonly #random: Random
  #history: History
  #fullBytes = 0

  constructor(random: Random) {
    this.#random = random
    this.#history = this.#open()
  }

  /** One more day; what of it was not as promised. Now and then the daemon begins anew. */
  async live(day: number): Promise<readonly string[]> {
    const outageAt = this.#random.between(0, dayMs)
    for (let ms = 0; ms < dayMs; ms += sampleMs) {
      this.#clock.move(sampleMs)
      const isDown = ms >= outageAt && ms < outageAt + 600_000
      this.#sample(isDown)
      if (ms <= outageAt && outageAt < ms + sampleMs) this.#tellFailover()
      if (ms % 3_600_000 === 0) await this.#history.settled
    }
    const wrong = this.#judge(day)
    if (this.#random.between(0, 10) < 1) {
      await this.#history.close()
      this.#history = this.#open()
    }
    return wrong
  }

  async end(): Promise<number> {
    await this.#history.close()
    const bytes = this.#bytes()
    rmSync(this.#folder, { recursive: true })
    return bytes
  }

  #judge(day: number): readonly string[] {
    const bytes = this.#bytes()
    if (day <= fullAfterDays) this.#fullBytes = Math.max(this.#fullBytes, bytes)
    const wrong = this.#log.lines.splice(0)
    if (bytes > this.#fullBytes * mostGrowth) wrong.push(`${bytes} of ${this.#fullBytes} bytes`)
    const [toMs, monthDays] = [this.#clock.wallMs(), Math.min(day, 30)]
    for (const days of [1, monthDays]) {
      // The quickest of a few: another process may hold up some of them.
      const tries = Array.from({ length: 5 }, () =>
        this.#ask({ fromMs: toMs - days * dayMs, toMs }),
      )
      const { told, tookMs } = tries.reduce((best, one) => (one.tookMs < best.tookMs ? one : best))
      if (tookMs > slowestAnswerMs) wrong.push(`${days} days are told in ${tookMs} ms`)
      const failovers = told.events.filter(({ event_type }) => event_type === 'failover').length
      if (failovers !== days) wrong.push(`${failovers} failovers in ${days} days`)
      const down = told.wans['primary']?.state.filter((state) => state === 'down').length ?? 0
      if (down === 0) wrong.push(`no outage in ${days} days`)
    }
    return wrong
  }

  #ask(range: { readonly fromMs: number; readonly toMs: number }) {
    const startMs = performance.now()
    const told = this.#history.answer(range)
    return { told, tookMs: performance.now() - startMs }
  }

  #sample(isDown: boolean): void {
    const primary = exampleWanSnapshot(
      isDown ? { state: 'down', latency_ms: null } : { latency_ms: this.#random.between(8, 40) },
    )
    const wans = { primary, secondary: exampleWanSnapshot() }
    this.#history.record(exampleSnapshot({ wans, active: isDown ? 'secondary' : 'primary' }))
  }

  #tellFailover(): void {
    const at = new Date(this.#clock.wallMs()).toISOString()
    this.#history.recordEvent({ ...exampleEvent, at })
  }

  #open(): History {
    return new History({ folder: this.#folder, clock: this.#clock, log: this.#log })
  }

  #bytes(): number {
    const files = readdirSync(this.#folder)
    return files.reduce((sum, name) => sum + statSync(join(this.#folder, name)).size, 0)
  }
}
