/**
 * One life of the daemon's process: what reaches it, when it gets time, and its death. A dead
 * process never wakes again: its calls hang for ever, as if they had never been.
 */
import type { Clock } from '../../../src/daemon/clock.ts'
import { Daemon } from '../../../src/daemon/daemon.ts'
import { EventQueue } from '../../../src/daemon/event-queue.ts'
import type { Memory } from '../../../src/daemon/memory/memory.ts'
import type { Kernel } from '../../../src/kernel/port.ts'
import type { Audience } from '../../../src/model/audience.ts'
import type { Command } from '../../../src/model/decision.ts'
import type { Log } from '../../../src/model/log.ts'
import type { Settings } from '../../../src/model/settings/settings.ts'
import type { ProbeListener, Prober } from '../../../src/probe/port.ts'
import { everyConcern } from '../../../src/turn/every-concern.ts'
import { RecordedAudience } from '../../fakes/recorded-audience.ts'
import type { VirtualClock } from '../../fakes/virtual-clock.ts'
import type { Random } from '../../random.ts'
import type { Witness } from '../checks/witness.ts'
import { SimulatedProber } from './simulated-prober.ts'
import { WatchedKernel } from './watched-kernel.ts'
import type { World } from './world.ts'

/** What a sabotage test breaks on purpose. */
export interface Sabotage {
  readonly kernel?: (kernel: Kernel) => Kernel
  readonly prober?: (prober: Prober, listener: ProbeListener) => Prober
  readonly audience?: (audience: Audience) => Audience
  readonly settings?: (settings: Settings) => Settings
}

export interface ProcessParts {
  readonly world: World
  readonly clock: VirtualClock
  readonly random: Random
  readonly memory: Memory
  readonly log: Log
  readonly witness: Witness
  readonly sabotage: Sabotage
}

export class SimulatedProcess {
  readonly clock: Clock
  readonly queue: EventQueue
  alive = true
  /** It dies after so many changes of the kernel more. */
  diesAfterChanges: number | null = null
  onDeath: () => void = () => {}
  /** Done when it has stopped in good order. */
  readonly finished: Promise<void>
  readonly #virtual: VirtualClock
  #stalledUntilMs = Number.NEGATIVE_INFINITY
  #finish: () => void = () => {}

  constructor(parts: ProcessParts) {
    const { clock: virtual, world, witness, memory, log, sabotage } = parts
    this.#virtual = virtual
    this.finished = new Promise((resolve) => {
      this.#finish = resolve
    })
    this.clock = {
      nowMs: () => virtual.nowMs(),
      wallMs: () => virtual.wallMs(),
      wake: (atMs, callback) => virtual.wake(atMs, () => this.deliver(callback)),
    }
    this.queue = new EventQueue(this.clock)
    const ends = { ...parts, process: this }
    const kernel = new WatchedKernel(ends)
    const prober = new SimulatedProber(ends)
    const listener: ProbeListener = (result) =>
      this.deliver(() => this.queue.push({ kind: 'probe', result }))
    const audience = new RecordedAudience()
    audience.onSnapshot = (snapshot) => witness.published(snapshot)
    audience.onEvent = (event) => witness.announced(event)
    const settings = sabotage.settings?.(world.topology.settings) ?? world.topology.settings
    const daemon = new Daemon({
      settings,
      concerns: everyConcern({ settings, book: memory.loadBook(), log }),
      version: 'simulated',
      clock: this.clock,
      kernel: sabotage.kernel?.(kernel) ?? kernel,
      prober: sabotage.prober?.(prober, listener) ?? prober,
      audience: sabotage.audience?.(audience) ?? audience,
      memory,
      log,
      queue: this.queue,
    })
    daemon
      .run()
      .then(() => this.#finish())
      .catch((error: unknown) => witness.died(error))
  }

  die(): void {
    if (!this.alive) return
    this.alive = false
    this.onDeath()
  }

  stall(durationMs: number): void {
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.#virtual.nowMs() + durationMs)
  }

  stop(leave?: 'standing'): void {
    const how = leave === undefined ? {} : { leave }
    this.deliver(() => this.queue.push({ kind: 'stop', ...how }))
  }

  command(command: Command): void {
    this.deliver(() => this.queue.push({ kind: 'command', command }))
  }

  /** Calls back as soon as the process gets time; never where it is dead. */
  deliver(callback: () => void): void {
    if (!this.alive) return
    if (this.#virtual.nowMs() >= this.#stalledUntilMs) callback()
    else this.#virtual.wake(this.#stalledUntilMs, () => this.deliver(callback))
  }

  /** Lets time pass in a call of the process. */
  pass(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#virtual.wake(this.#virtual.nowMs() + durationMs, () => this.deliver(resolve))
    })
  }
}
