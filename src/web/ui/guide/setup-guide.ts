/** The guide: four steps, one shown at a time; the focus goes to each new step's heading. */
import { css, html, type PropertyValues, type TemplateResult } from 'lit'
import type { Setup } from '../../../model/published/setup.ts'
import type { Snapshot } from '../../../model/published/snapshot.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { icon } from '../frame/icon.ts'
import { given, own, PagePart } from '../frame/page-part.ts'
import { keptKey } from '../live/command-key.ts'
import { keepGuideStep, keptGuideStep } from '../live/kept-guide.ts'
import type { GuideStep } from '../texts/guide/guide-texts.ts'
import { guideTexts } from '../texts/guide/language.ts'
import './apply-step.ts'
import './ask-step.ts'
import './find-step.ts'
import './test-step.ts'
import type { Answers } from './answers.ts'
import { isWorthUsing } from './answers.ts'
import { GuideSession } from './guide-session.ts'

const steps: readonly GuideStep[] = ['find', 'ask', 'apply', 'test']

export class SetupGuide extends PagePart {
  @given snapshot!: Snapshot
  @given setup!: Setup | null
  /** By the host's clock. */
  @given nowMs!: number
  @own step: GuideStep = 'find'
  readonly #session = new GuideSession(this)
  #heading = ''

  static override styles = [
    cardStyles,
    css`
      nav {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 16px;
        align-items: center;
        justify-content: space-between;
        margin-bottom: 16px;
      }
      ol {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 20px;
        font-size: 0.9375rem;
        color: var(--text-quiet);
      }
      li {
        display: flex;
        gap: 8px;
        align-items: center;
      }
      li b {
        display: grid;
        place-items: center;
        width: 26px;
        height: 26px;
        border-radius: 50%;
        border: 1px solid var(--edge);
        font-size: 0.8125rem;
        font-weight: 500;
      }
      li[aria-current='step'] {
        color: var(--text);
        font-weight: 500;
      }
      li[aria-current='step'] b {
        background: var(--accent-strong);
        border-color: transparent;
        color: #fff;
      }
      li.done b {
        border-color: transparent;
        color: var(--good);
        font-size: 1.25rem;
      }
      @media (max-width: 599px) {
        li:not([aria-current='step']) span {
          position: absolute;
          width: 1px;
          height: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
        ol {
          gap: 6px 10px;
        }
        nav {
          margin-bottom: 12px;
        }
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#begin()
  }

  /** After a reload it goes on where it was, as far as the daemon still has what it needs. */
  async #begin(): Promise<void> {
    const kept = keptGuideStep()
    await this.#session.readOptions()
    if (this.#session.state.applying.kind === 'confirm') return this.#go('apply')
    if (kept === 'test' || kept === 'apply') {
      const { setup } = this
      if (setup !== null && setup.wans.length >= 2) return this.#go('test')
    }
    keepGuideStep('find')
    if (this.#locked === null) await this.#session.search()
  }

  protected override willUpdate(): void {
    const { applying } = this.#session.state
    if (this.step === 'apply' && applying.kind === 'confirmed') this.#go('test')
  }

  protected override render() {
    const t = this.#texts
    const here = steps.indexOf(this.step)
    return html`<nav aria-label=${t.stepsLabel}>
        <ol>
          ${steps.map((step, index) => {
            const current = index === here ? 'step' : 'false'
            return html`<li class=${index < here ? 'done' : ''} aria-current=${current}>
              <b aria-hidden="true">${index < here ? icon('check') : index + 1}</b>
              <span>${t.steps[step]}</span>
            </li>`
          })}
        </ol>
        <button type="button" class="plain" aria-label=${t.closeGuide} @click=${this.#close}>
          ${t.close}
        </button>
      </nav>
      ${this.#step()}`
  }

  /** A reader of the screen hears the new heading, and the keyboard goes on from there. */
  protected override updated(_: PropertyValues<this>): void {
    const applying = this.#session.state.applying.kind
    const shown = `${this.step} ${['confirm', 'put_back', 'starting'].includes(applying) ? applying : ''}`
    if (this.#heading === shown) return
    const isFirst = this.#heading === ''
    this.#heading = shown
    if (!isFirst) void this.#focusHeading()
  }

  async #focusHeading(): Promise<void> {
    const part = this.renderRoot.querySelector<PagePart>('[data-step]')
    await part?.updateComplete
    part?.renderRoot.querySelector('h2')?.focus({ preventScroll: true })
    this.scrollIntoView({ block: 'start' })
  }

  #step(): TemplateResult {
    const { voice } = this
    const guide = this.#texts
    const { state } = this.#session
    switch (this.step) {
      case 'find':
        return html`<find-step
          data-step
          .search=${state.search}
          .trouble=${this.#locked ?? (state.trouble === null ? null : guide.failed(state.trouble))}
          .canGoOn=${this.#canGoOn}
          .guide=${guide}
          .voice=${voice}
          @next=${() => this.#go('ask')}
          @again=${() => void this.#session.search()}
        ></find-step>`
      case 'ask':
        return html`<ask-step
          data-step
          .answers=${state.answers}
          .lines=${state.search?.lines ?? []}
          .hasNotify=${state.page?.source === 'supervisor'}
          .notifyServices=${state.notifyServices}
          .guide=${guide}
          .voice=${voice}
          @answer=${({ detail }: CustomEvent<Answers>) => this.#session.answer(detail)}
          @back=${() => this.#go('find')}
          @next=${() => this.#go('apply')}
        ></ask-step>`
      case 'apply':
        return html`<apply-step
          data-step
          .state=${state}
          .nowMs=${this.nowMs}
          .guide=${guide}
          .voice=${voice}
          @wish=${({ detail }: CustomEvent<string>) => void this.#grant(detail)}
        ></apply-step>`
      case 'test':
        return html`<test-step
          data-step
          .snapshot=${this.snapshot}
          .setup=${this.setup}
          .nowMs=${this.nowMs}
          .locked=${this.#locked}
          .guide=${guide}
          .voice=${voice}
          @finish=${this.#close}
        ></test-step>`
    }
  }

  async #grant(wish: string): Promise<void> {
    const session = this.#session
    switch (wish) {
      case 'back':
        return this.#go('ask')
      case 'leave-out':
        return session.leaveOutWrong()
      case 'write':
        return session.write(this.nowMs)
      case 'confirm':
        return session.confirm()
      case 'take-back':
        return session.takeBack()
      case 'next':
        return this.#go('test')
      case 'again':
        await session.beginAgain()
        if (session.state.answers !== null) return this.#go('ask')
        this.#go('find')
        return session.search()
    }
  }

  get #texts() {
    return guideTexts(this.voice.formats.language)
  }

  get #canGoOn(): boolean {
    const { search, answers, page } = this.#session.state
    if (search?.state !== 'done' || answers === null || page === null) return false
    return answers.lines.length >= 2 && search.lines.some(isWorthUsing)
  }

  /** Everyone on the host may read, but a search and all that follows need the key. */
  get #locked(): string | null {
    const isLocked = this.setup?.commands_need_key === true && keptKey() === null
    return isLocked ? this.voice.texts.controls.locked : null
  }

  #go(step: GuideStep): void {
    this.step = step
    keepGuideStep(step)
    if (step === 'apply' && this.#session.state.applying.kind !== 'confirm') {
      void this.#session.check()
    }
  }

  #close(): void {
    this.dispatchEvent(new CustomEvent('finish'))
  }
}

customElements.define('setup-guide', SetupGuide)
