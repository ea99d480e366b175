/** What the checks know about the run beside what they see: where the process is in its life. */
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import type { VirtualClock } from '../../fakes/virtual-clock.ts'
import type { World } from '../world/world.ts'

/** What the checks ask of the world. */
export type JudgedWorld = Pick<
  World,
  | 'topology'
  | 'lines'
  | 'line'
  | 'changedAtMs'
  | 'deletedAtMs'
  | 'foughtUntilMs'
  | 'vpnUntilMs'
  | 'refusingUntilMs'
  | 'targets'
>

export class Situation<Judged extends JudgedWorld = World> {
  readonly world: Judged
  readonly clock: Pick<VirtualClock, 'nowMs'>
  phase: 'off' | 'starting' | 'running' | 'stopping' = 'off'
  phaseSinceMs = 0
  /** The newest one of the present process. */
  snapshot: Snapshot | null = null
  /** Until then the process can't be blamed for being late. */
  lateUntilMs = Number.NEGATIVE_INFINITY
  /** When the last command was carried out at the latest, as far as we know. */
  lastCommandMs = Number.NEGATIVE_INFINITY
  /** New connections avoid the WAN that was decided on. */
  aside: { readonly from: string; readonly to: string } | null = null
  violation: string | null = null
  #commandsMs: readonly number[] = []

  constructor(world: Judged, clock: Pick<VirtualClock, 'nowMs'>) {
    this.world = world
    this.clock = clock
  }

  enter(phase: Situation<Judged>['phase']): void {
    this.phase = phase
    this.phaseSinceMs = this.clock.nowMs()
    if (phase !== 'running') this.snapshot = null
  }

  /** Of a burst the daemon takes ten at once, then some every two seconds: the last one may wait. */
  commanded(): void {
    const nowMs = this.clock.nowMs()
    const lately = this.#commandsMs.filter((atMs) => atMs > nowMs - burst.forgottenAfterMs)
    this.#commandsMs = [...lately, nowMs].slice(-burst.size)
    const mayWait = lately.length >= burst.size
    this.lastCommandMs = nowMs + (mayWait ? burst.pauseMs : 0)
  }

  /** Only the first one counts: the others follow from it. */
  fail(text: string): void {
    this.violation ??= text
  }

  get runningForMs(): number {
    return this.phase === 'running' ? this.clock.nowMs() - this.phaseSinceMs : -1
  }

  /** The kernel takes what it gets, and nothing keeps the process from acting. */
  get isAble(): boolean {
    return this.clock.nowMs() > this.ableSinceMs
  }

  get ableSinceMs(): number {
    // A refused change is tried again after five seconds.
    return Math.max(this.lateUntilMs, this.world.refusingUntilMs + 6_000)
  }

  /** Others have deleted what is ours, and it need not be back yet. */
  get isDisturbed(): boolean {
    const { deletedAtMs, foughtUntilMs } = this.world
    return this.clock.nowMs() < Math.max(deletedAtMs + 1_100, foughtUntilMs)
  }

  /** Another program's rule takes the probes, or has just done so. */
  get isHijacked(): boolean {
    return this.clock.nowMs() < this.world.vpnUntilMs + 1_500
  }

  /** Since when the daemon has been able to see and do all that it should. */
  get calmSinceMs(): number {
    const { deletedAtMs, foughtUntilMs, vpnUntilMs } = this.world
    return Math.max(this.ableSinceMs, deletedAtMs + 1_100, foughtUntilMs, vpnUntilMs + 1_500)
  }
}

/** As `daemon/command-queue.ts` does. */
const burst = { size: 10, pauseMs: 2_000, forgottenAfterMs: 20_000 }
