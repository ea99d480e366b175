/** The last step: a guided drill with a stopwatch, and what it has shown. */
import { css, html, nothing, type PropertyValues } from 'lit'
import type { Devices } from '../../../model/published/devices.ts'
import type { Setup } from '../../../model/published/setup.ts'
import type { Snapshot } from '../../../model/published/snapshot.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { icon } from '../frame/icon.ts'
import { given, own } from '../frame/page-part.ts'
import { send } from '../live/api.ts'
import { getDevices } from '../live/setup-api.ts'
import '../picture/wan-picture.ts'
import { wanViews } from '../picture/wan-views.ts'
import { canStart, type Drill, nextDrill, startDrill } from './drill.ts'
import './drill-report.ts'
import { GuidePart } from './guide-part.ts'
import { guideStyles } from './guide-styles.ts'
import { reportView } from './report-view.ts'

/** The stopwatch shows tenths of a second. */
const tickMs = 100

export class TestStep extends GuidePart {
  @given snapshot!: Snapshot
  @given setup!: Setup | null
  @given nowMs!: number
  /** Why nothing can be tried; null: it can. */
  @given locked: string | null = null
  @own drill: Drill = { kind: 'ready' }
  @own steadyMs = 0
  @own devicesBefore: Devices | null = null
  @own devicesAfter: Devices | null = null
  #tick: ReturnType<typeof setInterval> | null = null

  static override styles = [
    cardStyles,
    guideStyles,
    css`
      wan-picture,
      drill-report {
        margin-top: 16px;
      }
      .waits:not(:empty) {
        margin-top: 24px;
      }
      @media (max-width: 599px) {
        wan-picture,
        drill-report {
          margin-top: 12px;
        }
      }
    `,
  ]

  override disconnectedCallback(): void {
    this.#stopTicking()
    super.disconnectedCallback()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!(changed.has('snapshot') || changed.has('steadyMs'))) return
    const drill = nextDrill(this.drill, this.snapshot, performance.now())
    if (drill === this.drill) return
    const was = this.drill.kind
    this.drill = drill
    if (drill.kind === 'returning' && was === 'away') void send({ kind: 'set_test', on: false })
    if (drill.kind === 'failed' && this.snapshot.test_failover.on) {
      void send({ kind: 'set_test', on: false })
    }
    if (drill.kind === 'done' || drill.kind === 'failed') this.#end()
  }

  protected override render() {
    const t = this.guide.test
    const { snapshot, setup, nowMs, voice } = this
    const wans = wanViews({ ...voice, snapshot, setup, nowMs })
    return html`<section class="card" aria-labelledby="test">
        <h2 id="test" tabindex="-1">${this.#isDone ? this.guide.report.heading : t.heading}</h2>
        ${this.#content()}
      </section>
      ${this.drill.kind === 'done' ? this.#report(this.drill) : nothing}
      ${this.#isDone ? nothing : html`<wan-picture .wans=${wans} .voice=${voice}></wan-picture>`}`
  }

  /** The button that was pressed is gone: who uses a keyboard goes on from the heading. */
  protected override updated(changed: PropertyValues<this>): void {
    const was = changed.get('drill')
    if (was === undefined || was.kind === this.drill.kind) return
    if (!['leaving', 'done', 'failed'].includes(this.drill.kind)) return
    this.renderRoot.querySelector('h2')?.focus({ preventScroll: true })
  }

  get #isDone(): boolean {
    return this.drill.kind === 'done'
  }

  #content() {
    switch (this.drill.kind) {
      case 'ready':
        return this.#offer()
      case 'leaving':
      case 'away':
      case 'returning':
        return this.#running(this.drill)
      case 'failed':
        return this.#failed(this.drill.reason)
      case 'done':
        return this.#outcome()
    }
  }

  #offer() {
    const t = this.guide.test
    const { active } = this.snapshot
    const isReady = canStart(this.snapshot) && this.locked === null
    return html`${
      active === null
        ? nothing
        : html`<p class="intro">${t.intro(active)}</p>
              <p class="quiet small intro">${t.warning}</p>`
    }
      <p class="quiet waits" role="status">${this.locked ?? (isReady ? '' : t.notReady)}</p>
      ${(this.setup?.observing ?? []).map(
        (reason) => html`<p class="quiet small" lang="en">${reason}</p>`,
      )}
      <div class="choices">
        <button type="button" ?disabled=${!isReady} @click=${this.#start}>
          ${icon('stopwatch')} ${t.start}
        </button>
        <button type="button" class="plain" @click=${this.#finish}>${t.later}</button>
      </div>`
  }

  #running(drill: Extract<Drill, { kind: 'leaving' | 'away' | 'returning' }>) {
    const t = this.guide.test
    const ms = Math.max(0, this.steadyMs - drill.atMs)
    return html`<div class="part">
      <span class="quiet small">${t.watch}</span>
      <span class="timer" role="timer">${this.voice.formats.stopwatch(ms)}</span>
      <p role="status">${this.#phase(drill)}</p>
    </div>`
  }

  #phase(drill: Extract<Drill, { kind: 'leaving' | 'away' | 'returning' }>): string {
    const t = this.guide.test
    if (drill.kind === 'leaving') return t.leaving(drill.before.active ?? '')
    return drill.kind === 'away' ? t.away(drill.to) : t.returning(drill.from)
  }

  #failed(reason: Extract<Drill, { kind: 'failed' }>['reason']) {
    const t = this.guide.test
    const text = reason.kind === 'nothing_moved' ? t.nothingMoved : t.refused(reason.text)
    return html`<div class="part" role="status">
        <p class="note bad">${icon('cross')}<span>${text}</span></p>
      </div>
      ${this.#afterwards()}`
  }

  #outcome() {
    return html`<div class="part" role="status">
        <p class="verdict good">${icon('check')}<span>${this.guide.report.good}</span></p>
      </div>
      ${this.#afterwards()}`
  }

  #afterwards() {
    return html`<div class="choices">
      <button type="button" @click=${this.#finish}>${this.guide.report.finish}</button>
      <button type="button" class="plain" @click=${this.#start}>${this.guide.test.again}</button>
    </div>`
  }

  #report(drill: Extract<Drill, { kind: 'done' }>) {
    const { devicesBefore: before, devicesAfter: after, guide, voice } = this
    const { formats } = voice
    const view = reportView({ drill, before, after, guide, formats })
    return html`<drill-report .view=${view} .guide=${guide} .voice=${voice}></drill-report>`
  }

  #start(): void {
    this.devicesAfter = null
    void getDevices().then((answer) => {
      this.devicesBefore = answer.kind === 'ok' ? answer.value : null
    })
    this.drill = startDrill(this.snapshot, performance.now())
    this.#tick = setInterval(() => {
      this.steadyMs = performance.now()
    }, tickMs)
    void send({ kind: 'set_test', on: true }).then((answer) => {
      if (answer.kind === 'ok') return
      this.drill = { kind: 'failed', reason: { kind: 'not_sent', text: answer.reason } }
      this.#end()
    })
  }

  #end(): void {
    this.#stopTicking()
    void getDevices().then((answer) => {
      this.devicesAfter = answer.kind === 'ok' ? answer.value : null
    })
  }

  #stopTicking(): void {
    if (this.#tick !== null) clearInterval(this.#tick)
    this.#tick = null
  }

  #finish(): void {
    this.dispatchEvent(new CustomEvent('finish'))
  }
}

customElements.define('test-step', TestStep)
