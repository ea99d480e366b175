/**
 * The page: it hands what it knows of the daemon to its parts, as plain values. It must never show
 * an old picture as if it were live, and put data into the page only as text.
 */
import { html, nothing } from 'lit'
import type { Setup } from '../../model/published/setup.ts'
import type { Snapshot } from '../../model/published/snapshot.ts'
import './cards/capability-card.ts'
import './cards/control-card.ts'
import './cards/event-timeline.ts'
import './cards/explain-form.ts'
import './cards/found-card.ts'
import { gradeView } from './cards/grade-view.ts'
import './cards/options-card.ts'
import './cards/policy-table.ts'
import { policyViews } from './cards/policy-views.ts'
import './cards/resolver-table.ts'
import { resolverViews } from './cards/resolver-views.ts'
import './cards/state-header.ts'
import { isObserving, otherProblems, summary } from './cards/summary.ts'
import './charts/history-charts.ts'
import './devices/devices-card.ts'
import { cardStyles } from './frame/card-styles.ts'
import { LaterFile } from './frame/later-file.ts'
import { own, PagePart } from './frame/page-part.ts'
import { keptKey } from './live/command-key.ts'
import { keepGuideStep, keptGuideStep } from './live/kept-guide.ts'
import { type Known, LiveState } from './live/live-state.ts'
import { pageStyles } from './page-styles.ts'
import './picture/wan-picture.ts'
import { type WanView, wanViews } from './picture/wan-views.ts'

export class FailoverPage extends PagePart {
  readonly #state = new LiveState(this)
  #wasUsable = false
  /** null: the user has said nothing, and what is set up decides. */
  @own guideIsOpen: boolean | null = keptGuideStep() === null ? null : true
  @own optionsAreOpen = false
  readonly #guideFile = new LaterFile(this, () => import('./guide/setup-guide.ts'))
  readonly #optionsFile = new LaterFile(this, () => import('./options/options-editor.ts'))
  readonly #changeFile = new LaterFile(this, () => import('./options/change-card.ts'))

  static override styles = [cardStyles, pageStyles]

  /** Marks for measurements the moment when a user can begin. */
  protected override updated(): void {
    if (this.#wasUsable || this.#state.known.snapshot === null) return
    this.#wasUsable = true
    performance.mark('usable')
  }

  protected override render() {
    const { texts } = this.voice
    const { known } = this.#state
    return html`<header>
        <h1>${texts.title}</h1>
        <div class="tools">
          ${this.#buttons(known)} ${this.#connectionState(known)}
        </div>
      </header>
      <main class=${known.isLive === false ? 'stale' : ''}>
        ${known.snapshot === null ? this.#waiting(known) : this.#content(known.snapshot, known)}
      </main>`
  }

  /** The age goes on each second; what is read out is a sentence without it, once. */
  #connectionState({ snapshot, isLive }: Known) {
    const { texts, formats } = this.voice
    const t = texts.connection
    if (isLive === true) return connection('live', t.live, t.live)
    if (isLive === null || snapshot === null) return connection('', t.connecting, t.connecting)
    return connection('lost', t.lost(formats.duration(this.#state.ageMs)), t.lostBeforeData)
  }

  #waiting({ isLive }: Known) {
    const { texts } = this.voice
    const text = isLive === false ? texts.connection.lostBeforeData : texts.loading
    return html`<p class="waiting" role="status">${text}</p>`
  }

  /** Once it is open it stays, though what it sets up is there by then. */
  protected override willUpdate(): void {
    const { snapshot, setup } = this.#state.known
    if (snapshot === null) return
    if (this.guideIsOpen === null && setup !== null && needsGuide(snapshot, setup)) {
      this.guideIsOpen = true
    }
    if (this.guideIsOpen === true) this.#guideFile.want()
    if (this.optionsAreOpen) this.#optionsFile.want()
    if (snapshot.options_change !== undefined) this.#changeFile.want()
  }

  #buttons({ snapshot }: Known) {
    if (snapshot === null || this.guideIsOpen === true || this.optionsAreOpen) return nothing
    const { options, guide } = this.voice.texts
    return html`<button type="button" class="plain" @click=${() => this.#openOptions(true)}>
        ${options.open}
      </button>
      <button type="button" class="plain" @click=${() => this.#openGuide(true)}>
        ${guide.open}
      </button>`
  }

  #openOptions(are: boolean): void {
    this.optionsAreOpen = are
  }

  #openGuide(is: boolean): void {
    this.guideIsOpen = is
    keepGuideStep(is ? 'find' : null)
  }

  #guide(snapshot: Snapshot, { setup, nowMs }: Known) {
    const { voice } = this
    if (this.#guideFile.state === 'there') {
      return html`${this.#optionsCard(snapshot, nowMs)}
        <setup-guide
          .snapshot=${snapshot}
          .setup=${setup}
          .nowMs=${nowMs}
          .voice=${voice}
          @finish=${() => this.#openGuide(false)}
        ></setup-guide>`
    }
    return this.#notLoaded(this.#guideFile)
  }

  #notLoaded({ state }: LaterFile) {
    const { guide: t, loading } = this.voice.texts
    if (state !== 'missing') return html`<p class="waiting">${loading}</p>`
    return html`<p class="waiting" role="alert">${t.missing}</p>
      <button type="button" @click=${() => location.reload()}>${t.reload}</button>`
  }

  #options(snapshot: Snapshot, { setup, nowMs }: Known) {
    if (this.#optionsFile.state !== 'there') return this.#notLoaded(this.#optionsFile)
    return html`${this.#changeCard(snapshot, setup, nowMs)} ${this.#optionsCard(snapshot, nowMs)}
      <options-editor
        .nowMs=${nowMs}
        .locked=${this.#locked(setup)}
        .voice=${this.voice}
        @finish=${() => this.#openOptions(false)}
      ></options-editor>`
  }

  #changeCard({ options_change }: Snapshot, setup: Setup | null, nowMs: number) {
    if (options_change === undefined) return nothing
    if (this.#changeFile.state !== 'there') return this.#notLoaded(this.#changeFile)
    return html`<change-card
      .change=${options_change}
      .nowMs=${nowMs}
      .locked=${this.#locked(setup)}
      .voice=${this.voice}
    ></change-card>`
  }

  /** Everyone on the host may read, but commands need the key. */
  #locked(setup: Setup | null): string | null {
    const isLocked = setup?.commands_need_key === true && keptKey() === null
    return isLocked ? this.voice.texts.controls.locked : null
  }

  #optionsCard({ options }: Snapshot, nowMs: number) {
    return options === undefined
      ? nothing
      : html`<options-card
          .options=${options}
          .nowMs=${nowMs}
          .voice=${this.voice}
        ></options-card>`
  }

  #content(snapshot: Snapshot, known: Known) {
    if (this.guideIsOpen === true) return this.#guide(snapshot, known)
    if (this.optionsAreOpen) return this.#options(snapshot, known)
    const { voice } = this
    const { setup } = known
    const seen = { ...voice, ...known, snapshot }
    const wans = wanViews(seen)
    return html`
      ${this.#changeCard(snapshot, setup, known.nowMs)}
      <state-header
        .summary=${summary(seen)}
        .problems=${otherProblems(snapshot)}
        .voice=${voice}
      ></state-header>
      ${this.#optionsCard(snapshot, known.nowMs)}
      ${
        setup !== null && isObserving(snapshot, setup)
          ? html`<found-card .found=${setup.found} .voice=${voice}></found-card>`
          : nothing
      }
      ${wans.length === 0 ? nothing : this.#parts(snapshot, known, wans)}
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

  #parts(snapshot: Snapshot, { setup, nowMs, events, heard }: Known, wans: readonly WanView[]) {
    const { voice } = this
    const names = wans.map(({ name }) => name)
    return html`
      <wan-picture .wans=${wans} .voice=${voice}></wan-picture>
      <div class="columns">
        <div class="stack narrow">
          ${
            isObserving(snapshot, setup)
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
          <history-charts
            .names=${names}
            .heard=${heard}
            .nowMs=${nowMs}
            .voice=${voice}
          ></history-charts>
          <policy-table
            .policies=${policyViews(snapshot, setup, voice.texts)}
            .voice=${voice}
          ></policy-table>
          <devices-card
            .setup=${setup}
            .nowMs=${nowMs}
            .waits=${typeof snapshot.options_change?.confirm_until === 'string'}
            .voice=${voice}
          ></devices-card>
          ${this.#resolvers(snapshot, setup)}
          <explain-form .voice=${voice} .decision=${decisionOf(snapshot)}></explain-form>
        </div>
      </div>
    `
  }

  #resolvers(snapshot: Snapshot, setup: Known['setup']) {
    const { voice } = this
    const resolvers = resolverViews(snapshot, voice.texts)
    return resolvers.length === 0
      ? nothing
      : html`<resolver-table
          .resolvers=${resolvers}
          .alone=${setup?.dns_rescue === 'off'}
          .voice=${voice}
        ></resolver-table>`
  }
}

/** There is nothing to show before two lines are set up. */
function needsGuide(snapshot: Snapshot, setup: Setup): boolean {
  return snapshot.options?.in_force === 'none' || setup.wans.length < 2
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
