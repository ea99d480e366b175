/**
 * What the user may do: choose a line, test the failover, end a wait. It must never show
 * something as done before the daemon's published state does.
 */
import { html, nothing, type PropertyValues } from 'lit'
import type { Setup } from '../../../model/published/setup.ts'
import type { Snapshot } from '../../../model/published/snapshot.ts'
import type { PageCommand } from '../../page-commands.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { LaterFile } from '../frame/later-file.ts'
import { given, own, PagePart } from '../frame/page-part.ts'
import { send } from '../live/api.ts'
import { keptKey } from '../live/command-key.ts'
import { controlStyles } from './control-styles.ts'
import '../frame/segmented-choice.ts'
import {
  type Answer,
  type Asked,
  answerTo,
  type ControlsView,
  controlsView,
  type PairView,
} from './controls-view.ts'

/** After that it is no longer news. */
const messageMs = 60_000

export class ControlCard extends PagePart {
  @given snapshot!: Snapshot
  @given setup!: Setup | null
  @given nowMs!: number
  @own asked: Asked | null = null
  @own comparesBoxes = false
  @own message: (Answer & { readonly atMs: number }) | null = null
  readonly #boxesFile = new LaterFile(this, () => import('../pair/boxes-table.ts'))

  static override styles = [cardStyles, controlStyles]

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { asked, snapshot, nowMs } = this
    if (nowMs - (this.message?.atMs ?? nowMs) > messageMs) this.message = null
    if (asked === null || !(changed.has('snapshot') || changed.has('nowMs'))) return
    const answer = answerTo(asked, snapshot, { ...this.voice, nowMs })
    if (answer !== null) this.#settle(answer)
  }

  protected override render() {
    const { texts } = this.voice
    const t = texts.controls
    const view = controlsView(this.snapshot, this.setup, this.nowMs)
    const choices = view.modes.map((value) => ({
      value,
      text: value === 'automatic' ? t.automatic : value,
    }))
    return html`<section class="card" aria-labelledby="controls">
      <div class="head"><h2 id="controls">${t.heading}</h2></div>
      <div class="part">
        <h3>${t.mode}</h3>
        <segmented-choice
          .choices=${choices}
          .value=${view.mode}
          .label=${t.mode}
          .disabled=${this.#isOff}
          @choose=${({ detail }: CustomEvent<string>) => this.#ask({ kind: 'set_mode', mode: detail })}
        ></segmented-choice>
        <p class="quiet small">${t.modeHint}</p>
      </div>
      <div class="part">
        <h3>${t.test}</h3>
        ${view.testOn ? this.#running(view) : this.#startable(view)}
      </div>
      <div class="part">
        <h3>${t.failBack}</h3>
        <button
          type="button"
          class="plain"
          ?disabled=${view.failBackTo === null || this.#isOff}
          aria-describedby="fail-back"
          @click=${() => this.#ask({ kind: 'fail_back' })}
        >
          ${t.failBack}
        </button>
        <p class="quiet small" id="fail-back">
          ${view.failBackTo === null ? t.failBackNothing : t.failBackHint(view.failBackTo)}
        </p>
      </div>
      ${view.pair === null ? nothing : this.#pairPart(view.pair)}
      ${this.#isLocked ? html`<p class="quiet small">${t.locked}</p>` : nothing}
      <p class="message ${this.message?.tone ?? ''}" role="status">
        ${this.asked === null ? (this.message?.text ?? '') : t.working}
      </p>
      ${this.#dialog(view)}
    </section>`
  }

  /** Everyone on the host may read, but commands need the key. */
  get #isLocked(): boolean {
    return this.setup?.commands_need_key === true && keptKey() === null
  }

  get #isOff(): boolean {
    return this.asked !== null || this.#isLocked
  }

  /** Who serves the house, and a way to let the other one, as before an update. */
  #pairPart({ state, address, since, resting }: PairView) {
    const { texts, formats } = this.voice
    const t = texts.controls
    const ask = () => this.#ask({ kind: 'set_rest', on: !resting })
    return html`<div class="part">
      <h3>${t.pair}</h3>
      <p>
        ${t.pairState[state](address)}
        ${since === null ? nothing : t.pairSince(formats.moment(since, this.nowMs))}
      </p>
      <button
        type="button"
        class="plain"
        aria-describedby="rest"
        ?disabled=${state === 'apart' || this.#isOff}
        @click=${ask}
      >
        ${resting ? t.endRest : t.rest}
      </button>
      <p class="quiet small" id="rest">${resting ? t.resting : t.restHint}</p>
      <button type="button" class="plain" aria-expanded=${this.comparesBoxes} @click=${this.#compare}>
        ${this.comparesBoxes ? t.pairHide : t.pairCompare}
      </button>
      ${this.comparesBoxes ? this.#boxes() : nothing}
    </div>`
  }

  #compare(): void {
    this.comparesBoxes = !this.comparesBoxes
    this.#boxesFile.want()
  }

  #boxes() {
    const { texts } = this.voice
    const { version, pair } = this.snapshot
    switch (this.#boxesFile.state) {
      case 'there':
        return html`<boxes-table
          .other=${pair?.other ?? null}
          .version=${version}
          .voice=${this.voice}
        ></boxes-table>`
      case 'missing':
        return html`<p role="alert">${texts.guide.missing}</p>`
      default:
        return html`<p role="status">${texts.loading}</p>`
    }
  }

  #startable({ testLeaves }: ControlsView) {
    const t = this.voice.texts.controls
    return html`<button
        type="button"
        class="start"
        aria-haspopup="dialog"
        ?disabled=${testLeaves === null || this.#isOff}
        @click=${() => this.#dialogElement()?.showModal()}
      >
        ${t.startTest}
      </button>
      <p class="quiet small">${t.testHint(this.#minutes())}</p>`
  }

  #running({ testLeftMs, usedNow }: ControlsView) {
    const { texts, formats } = this.voice
    const t = texts.controls
    const wholeMs = (this.setup?.test_minutes ?? 10) * 60_000
    return html`<p>${t.testRunning(usedNow ?? texts.policies.nothing)}</p>
      ${
        testLeftMs === null
          ? nothing
          : html`<p class="countdown">
                <span class="quiet small">${t.endsIn}</span>
                <span role="timer">${formats.countdown(testLeftMs)}</span>
              </p>
              <progress
                max=${wholeMs}
                .value=${Math.min(wholeMs, testLeftMs)}
                aria-label=${t.endsIn}
              ></progress>`
      }
      <button
        type="button"
        class="plain"
        ?disabled=${this.#isOff}
        @click=${() => this.#ask({ kind: 'set_test', on: false })}
      >
        ${t.endTest}
      </button>`
  }

  #dialog({ testLeaves }: ControlsView) {
    const t = this.voice.texts.controls
    return html`<dialog aria-labelledby="confirm">
      <h3 id="confirm">${t.confirmHeading}</h3>
      <p>${testLeaves === null ? nothing : t.confirmText(testLeaves, this.#minutes())}</p>
      <div class="choices">
        <button type="button" class="plain" @click=${() => this.#dialogElement()?.close()}>
          ${t.cancel}
        </button>
        <button type="button" class="confirm" @click=${this.#confirm}>${t.confirmStart}</button>
      </div>
    </dialog>`
  }

  #confirm(): void {
    this.#dialogElement()?.close()
    this.#ask({ kind: 'set_test', on: true })
  }

  #dialogElement(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog')
  }

  #minutes(): string {
    return this.voice.formats.minutes(this.setup?.test_minutes ?? 10)
  }

  #ask(command: PageCommand): void {
    this.message = null
    this.asked = { command, before: this.snapshot, atMs: this.nowMs }
    void send(command).then((sent) => {
      if (sent.kind === 'ok') return
      this.#settle({ tone: 'bad', text: this.voice.texts.controls.failed(sent.reason) })
    })
  }

  #settle(answer: Answer): void {
    this.asked = null
    this.message = { ...answer, atMs: this.nowMs }
  }
}

customElements.define('control-card', ControlCard)
