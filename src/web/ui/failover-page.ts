/**
 * The page: it holds what the daemon said last and hands it down to the parts, as plain values.
 * It must never show an old picture as if it were live, and never put data into the page but as
 * text.
 */
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import type { PastEvent } from '../../model/published/history.ts'
import type { Setup } from '../../model/published/setup.ts'
import type { ChangeEvent, Snapshot } from '../../model/published/snapshot.ts'
import { getHistory, getSetup } from './live/api.ts'
import './cards/capability-card.ts'
import { cardStyles } from './frame/card-styles.ts'
import './cards/control-card.ts'
import './cards/event-timeline.ts'
import './cards/explain-form.ts'
import './cards/found-card.ts'
import { HistoryCharts } from './charts/history-charts.ts'
import { LiveConnection, type LiveListener } from './live/live-connection.ts'
import { pageStyles } from './page-styles.ts'
import './cards/policy-table.ts'
import { rangeMs } from './frame/range-head.ts'
import './cards/state-header.ts'
import { joinEvents } from './cards/event-views.ts'
import { gradeView } from './cards/grade-view.ts'
import { policyViews } from './cards/policy-views.ts'
import { isObserving, otherProblems, summary } from './cards/summary.ts'
import { HostClock } from './live/host-clock.ts'
import { wanViews } from './picture/wan-views.ts'
import type { Voice } from './texts/voice.ts'
import './picture/wan-picture.ts'

/** Heard events beyond this are in the history by then. */
const mostHeard = 200

/** The events of the month are asked for anew this often, beside after each change. */
const eventsEveryMs = 600_000

export class FailoverPage extends LitElement implements LiveListener {
  static override properties = {
    voice: { attribute: false },
    snapshot: { state: true },
    setup: { state: true },
    events: { state: true },
    nowMs: { state: true },
    isConnectedLive: { state: true },
  }

  declare voice: Voice
  declare snapshot: Snapshot | null
  declare setup: Setup | null
  declare events: readonly PastEvent[]
  declare nowMs: number
  declare isConnectedLive: boolean | null
  #heard: readonly PastEvent[] = []
  #heardAt = 0
  #eventsAt = Number.NEGATIVE_INFINITY
  #asksSetup = false
  #tick: ReturnType<typeof setInterval> | null = null
  readonly #clock = new HostClock(Date.now(), performance.now())
  readonly #connection = new LiveConnection(this)

  static override styles = [cardStyles, pageStyles]

  constructor() {
    super()
    this.snapshot = null
    this.setup = null
    this.events = []
    this.nowMs = Date.now()
    this.isConnectedLive = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#connection.start()
    void this.#askSetup()
    this.#tick = setInterval(() => this.#look(), 1_000)
  }

  override disconnectedCallback(): void {
    this.#connection.close()
    if (this.#tick !== null) clearInterval(this.#tick)
    super.disconnectedCallback()
  }

  state(snapshot: Snapshot): void {
    this.#heardAt = performance.now()
    this.#clock.hear(snapshot.at, this.#heardAt)
    this.nowMs = this.#clock.nowMs(this.#heardAt)
    this.snapshot = snapshot
  }

  change(event: ChangeEvent): void {
    this.#heard = [...this.#heard, { ...event, lasted_ms: null }].slice(-mostHeard)
    this.events = joinEvents(this.events, this.#heard)
    this.#eventsAt = Number.NEGATIVE_INFINITY
    const charts = this.renderRoot.querySelector('history-charts')
    if (charts instanceof HistoryCharts) charts.refresh()
  }

  connected(is: boolean): void {
    // After a break it may be another daemon, with other options.
    if (is && this.isConnectedLive !== true) void this.#askSetup()
    this.isConnectedLive = is
  }

  #look(): void {
    if (document.hidden) return
    // A daemon that has just started doesn't know it yet.
    if (this.setup === null && this.isConnectedLive === true) void this.#askSetup()
    this.nowMs = this.#clock.nowMs(performance.now())
  }

  async #askSetup(): Promise<void> {
    if (this.#asksSetup) return
    this.#asksSetup = true
    const answer = await getSetup()
    this.#asksSetup = false
    if (answer.kind === 'ok') this.setup = answer.value
  }

  async #askEvents(): Promise<void> {
    const { nowMs } = this
    const answer = await getHistory(nowMs - rangeMs.month, nowMs)
    if (answer.kind === 'ok') this.events = joinEvents(answer.value.events, this.#heard)
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.snapshot === null || !changed.has('nowMs')) return
    if (this.nowMs - this.#eventsAt < eventsEveryMs) return
    this.#eventsAt = this.nowMs
    void this.#askEvents()
  }

  /** The moment that a user can begin, for whoever measures it. */
  protected override updated(changed: PropertyValues<this>): void {
    if (changed.get('snapshot') === null && this.snapshot !== null) performance.mark('usable')
  }

  protected override render() {
    const { texts } = this.voice
    return html`<header>
        <h1>${texts.title}</h1>
        ${this.#connectionState()}
      </header>
      <main class=${this.isConnectedLive === false ? 'stale' : ''}>
        ${this.snapshot === null ? this.#waiting() : this.#content(this.snapshot)}
      </main>`
  }

  /** The age goes on each second; what is read out is a sentence without it, once. */
  #connectionState() {
    const { texts, formats } = this.voice
    const t = texts.connection
    if (this.isConnectedLive === true) return connection('live', t.live, t.live)
    if (this.isConnectedLive === null || this.snapshot === null) {
      return connection('', t.connecting, t.connecting)
    }
    const age = formats.duration(performance.now() - this.#heardAt)
    return connection('lost', t.lost(age), t.lostBeforeData)
  }

  #waiting() {
    const { texts } = this.voice
    const text = this.isConnectedLive === false ? texts.connection.lostBeforeData : texts.loading
    return html`<p class="waiting" role="status">${text}</p>`
  }

  #content(snapshot: Snapshot) {
    const { voice, setup, nowMs, events } = this
    const seen = { ...voice, snapshot, setup, nowMs, events }
    const wans = wanViews(seen)
    const observing = isObserving(snapshot, setup)
    return html`
      <state-header
        .summary=${summary(seen)}
        .problems=${otherProblems(snapshot)}
        .voice=${voice}
      ></state-header>
      ${
        observing && setup !== null
          ? html`<found-card .found=${setup.found} .voice=${voice}></found-card>`
          : nothing
      }
      ${wans.length === 0 ? nothing : this.#parts(snapshot, observing)}
      ${
        setup === null
          ? nothing
          : html`<capability-card
              .grade=${gradeView(snapshot, setup, voice.texts)}
              .advice=${setup.advice}
              .version=${snapshot.version}
              .voice=${voice}
            ></capability-card>`
      }
    `
  }

  #parts(snapshot: Snapshot, observing: boolean) {
    const { voice, setup, nowMs, events } = this
    const wans = wanViews({ ...voice, snapshot, setup, nowMs })
    const names = wans.map(({ name }) => name)
    return html`
      <wan-picture .wans=${wans} .voice=${voice}></wan-picture>
      <div class="columns">
        <div class="stack narrow">
          ${
            observing
              ? nothing
              : html`<control-card
                  .snapshot=${snapshot}
                  .setup=${setup}
                  .nowMs=${nowMs}
                  .voice=${voice}
                ></control-card>`
          }
          <event-timeline .events=${events} .nowMs=${nowMs} .voice=${voice}></event-timeline>
        </div>
        <div class="stack wide">
          <history-charts .names=${names} .voice=${voice} .nowMs=${nowMs}></history-charts>
          <policy-table
            .policies=${policyViews(snapshot, setup, voice.texts)}
            .voice=${voice}
          ></policy-table>
          <explain-form .voice=${voice} .decision=${decisionOf(snapshot)}></explain-form>
        </div>
      </div>
    `
  }
}

/** Which line each policy uses: the same text means the same answers. */
function decisionOf({ policies, wans }: Snapshot): string {
  const used = Object.entries(policies).map(([name, { wan }]) => [name, wan])
  return JSON.stringify([used, Object.entries(wans).map(([name, { state }]) => [name, state])])
}

function connection(kind: string, shown: string, said: string) {
  return html`<span class="connection ${kind}" aria-hidden="true"><i></i>${shown}</span>
    <span class="hidden-text" role="status">${said}</span>`
}

customElements.define('failover-page', FailoverPage)
