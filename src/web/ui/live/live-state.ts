/**
 * What the page knows of the daemon: its newest snapshot, kept live, and what it fetches besides.
 * This folder is the page's only way to the daemon. It must never show an old picture as if it were
 * live, and never let a browser's clock decide how long something lasts.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { PastEvent } from '../../../model/published/history.ts'
import type { Setup } from '../../../model/published/setup.ts'
import type { ChangeEvent, Snapshot } from '../../../model/published/snapshot.ts'
import { getHistory, getSetup } from './api.ts'
import { HostClock } from './host-clock.ts'
import { joinEvents } from './join-events.ts'
import { LiveConnection, type LiveListener } from './live-connection.ts'
import { Pace } from './pace.ts'

export interface Known {
  readonly snapshot: Snapshot | null
  readonly setup: Setup | null
  /** The last month's. */
  readonly events: readonly PastEvent[]
  /** Those of them that came live: each is news. */
  readonly heard: readonly PastEvent[]
  /** By the host's clock. */
  readonly nowMs: number
  /** null until it is known; with `false` the rest grows old. */
  readonly isLive: boolean | null
}

/** The history has older ones by then. */
const mostHeard = 200

/** How often it fetches the events of the month again, and after each change. */
const eventsEveryMs = 600_000

export class LiveState implements ReactiveController, LiveListener {
  readonly #host: ReactiveControllerHost
  readonly #clock = new HostClock(Date.now(), performance.now())
  readonly #connection = new LiveConnection(this)
  readonly #eventsPace = new Pace()
  #asksSetup = false
  #tick: ReturnType<typeof setInterval> | null = null
  #known: Known = {
    snapshot: null,
    setup: null,
    events: [],
    heard: [],
    nowMs: Date.now(),
    isLive: null,
  }

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  get known(): Known {
    return this.#known
  }

  /** The age of the newest snapshot. */
  get ageMs(): number {
    return this.#connection.silentMs
  }

  hostConnected(): void {
    this.#connection.start()
    void this.#askSetup()
    this.#tick = setInterval(() => this.#look(), 1_000)
  }

  hostDisconnected(): void {
    this.#connection.close()
    if (this.#tick !== null) clearInterval(this.#tick)
  }

  state(snapshot: Snapshot): void {
    const steadyMs = performance.now()
    this.#clock.hear(snapshot.at, steadyMs)
    this.#learn({ snapshot, nowMs: this.#clock.nowMs(steadyMs) })
    this.#askEventsIfDue()
  }

  change(event: ChangeEvent): void {
    const heard = [...this.#known.heard, { ...event, lasted_ms: null }].slice(-mostHeard)
    this.#eventsPace.hurry()
    this.#learn({ heard, events: joinEvents(this.#known.events, heard) })
  }

  connected(is: boolean): void {
    // After a break it may be another daemon, with other options.
    if (is && this.#known.isLive !== true) void this.#askSetup()
    this.#learn({ isLive: is })
  }

  #look(): void {
    if (document.hidden) return
    const { setup, isLive } = this.#known
    // A daemon that has just started doesn't know it yet.
    if (setup === null && isLive === true) void this.#askSetup()
    this.#learn({ nowMs: this.#clock.nowMs(performance.now()) })
    this.#askEventsIfDue()
  }

  async #askSetup(): Promise<void> {
    if (this.#asksSetup) return
    this.#asksSetup = true
    const answer = await getSetup()
    this.#asksSetup = false
    if (answer.kind === 'ok') this.#learn({ setup: answer.value })
  }

  #askEventsIfDue(): void {
    const { snapshot, nowMs } = this.#known
    if (snapshot !== null && this.#eventsPace.isDue(nowMs, eventsEveryMs)) void this.#askEvents()
  }

  async #askEvents(): Promise<void> {
    const answer = await getHistory('month', this.#known.nowMs)
    if (answer.kind === 'failed') return
    this.#learn({ events: joinEvents(answer.value.events, this.#known.heard) })
  }

  #learn(news: Partial<Known>): void {
    this.#known = { ...this.#known, ...news }
    this.#host.requestUpdate()
  }
}
