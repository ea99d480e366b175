/**
 * Where no line lives, the first one that does again is used at once, long before it counts as up:
 * what the kernel does with a client's packet, against the truth about the lines.
 */
import type { Line } from '../world/line.ts'
import type { JudgedWorld, Situation } from './situation.ts'

export class FirstAnswerCheck {
  readonly #situation: Situation<JudgedWorld>

  constructor(situation: Situation<JudgedWorld>) {
    this.#situation = situation
  }

  /** Every quarter second; `carrier` is the line that a client's packet leaves by. */
  look(carrier: Line | null): void {
    const { snapshot, phase, isAble, runningForMs, world } = this.#situation
    if (snapshot === null || phase !== 'running' || !isAble || runningForMs < startMs) return
    if (carrier === null || carrier.deadSinceMs === null) return
    const silentSinceMs = Math.max(carrier.deadSinceMs, carrier.answersUntilMs)
    if (!this.#isLong(silentSinceMs, fallsSilentMs)) return
    const { use } = world.topology.settings.defaultPolicy
    const isDark = use.every((name) => snapshot.wans[name]?.state === 'down')
    const other = world.lines.find(
      ({ place, faultlessSinceMs }) =>
        use.includes(place.name) && !place.metered && this.#isLong(faultlessSinceMs, firstAnswerMs),
    )
    if (!isDark || other === undefined) return
    this.#situation.fail(
      `liveness: traffic stays on ${carrier.place.name}, which is dead, though ` +
        `${other.place.name} answers again and nothing else lives`,
    )
  }

  #isLong(sinceMs: number | null, lastsMs: number): boolean {
    const { clock, calmSinceMs } = this.#situation
    return sinceMs !== null && clock.nowMs() - Math.max(sinceMs, calmSinceMs) > lastsMs
  }
}

/** A probe every quarter second, its way there and back, and the change of the rules. */
const firstAnswerMs = 1_000
/**
 * Who has just answered counts as answering until a whole round of a second has no answer. Answers of
 * a slow line come for most of a second after it has died: from the last of them on.
 */
const fallsSilentMs = 2_250
const startMs = 5_000
