/**
 * Invariants 2 and 7 of DESIGN where the options change: traffic stays on a sound line that it may
 * still use, whatever place that line now has among the WANs.
 */
import type { Line } from '../world/line.ts'
import type { Situation } from './situation.ts'

export class ReloadCheck {
  readonly #situation: Situation
  /** The line that carried the traffic when others' options came; null: nothing is to be judged. */
  #carried: Line | null = null

  constructor(situation: Situation) {
    this.#situation = situation
  }

  /** Right before the daemon hands over. */
  reloads(carrier: Line | null): void {
    const { snapshot, aside, clock, lastCommandMs } = this.#situation
    this.#carried = null
    if (carrier === null || snapshot === null || aside !== null) return
    const { name } = carrier.place
    const isSettled = snapshot.active === name && snapshot.suspect.length === 0
    const isUp = snapshot.wans[name]?.state === 'up'
    const isAsked = clock.nowMs() - lastCommandMs < calmMs || snapshot.test_failover.on
    if (isSettled && isUp && !isAsked && this.#isCalm(carrier)) this.#carried = carrier
  }

  /** Whoever it is that starts next has not been handed anything. */
  forget(): void {
    this.#carried = null
  }

  /** Every quarter second. */
  look(carrier: Line | null): void {
    const { runningForMs, world, snapshot } = this.#situation
    const line = this.#carried
    if (line === null || runningForMs < 0 || snapshot === null) return
    const { name } = line.place
    const { use } = world.topology.settings.defaultPolicy
    if (runningForMs > judgedForMs || !use.includes(name) || !this.#isCalm(line)) {
      this.forget()
      return
    }
    if (carrier === line && snapshot.active === name) return
    const to = carrier?.place.name ?? 'nowhere'
    this.#situation.fail(`invariant 2: other options lead traffic from the sound ${name} to ${to}`)
  }

  #isCalm({ faultlessSinceMs, lastTouchedMs }: Line): boolean {
    const { clock, calmSinceMs, lastCommandMs } = this.#situation
    const nowMs = clock.nowMs()
    const sinceMs = Math.max(faultlessSinceMs ?? nowMs, lastTouchedMs, calmSinceMs, lastCommandMs)
    return nowMs - sinceMs > calmMs
  }
}

const calmMs = 4_000
/** No hold-down is shorter than that. */
const judgedForMs = 1_500
