/** The third step: what would change, then writing it, then the user's word that all is well. */
import { css, html, nothing } from 'lit'
import type { OptionsCheck } from '../../../model/published/options-page.ts'
import { cardStyles, type Tone } from '../frame/card-styles.ts'
import { type ChangeView, changeViews } from '../frame/changes.ts'
import { differenceStyles, differenceTable } from '../frame/difference-table.ts'
import { type IconName, icon } from '../frame/icon.ts'
import { given } from '../frame/page-part.ts'
import { ProblemWords } from '../frame/problem-words.ts'
import { changeTexts } from '../texts/change/language.ts'
import { canLeaveOut } from './applying.ts'
import { GuidePart } from './guide-part.ts'
import type { GuideState } from './guide-session.ts'
import { guideStyles } from './guide-styles.ts'
import { meaningOf } from './meaning.ts'

/** The Supervisor may take a while to start an add-on on a small machine. */
const usualMs = 30_000

type Wish = 'back' | 'write' | 'leave-out' | 'confirm' | 'take-back' | 'again' | 'next'

export class ApplyStep extends GuidePart {
  @given state!: GuideState
  /** By the host's clock. */
  @given nowMs!: number

  readonly #words = new ProblemWords(this)

  static override styles = [
    cardStyles,
    guideStyles,
    differenceStyles,
    css`
      details {
        justify-self: stretch;
      }
      ul.notes {
        display: grid;
        gap: 8px;
      }
      progress {
        width: min(100%, 320px);
        accent-color: var(--accent);
      }
    `,
  ]

  protected override render() {
    const { applying } = this.state
    switch (applying.kind) {
      case 'starting':
        return this.#starting(this.nowMs - applying.sinceMs)
      case 'confirm':
        return this.#question(Date.parse(applying.until) - this.nowMs)
      case 'put_back':
        return this.#gone(applying.reason)
      default:
        return this.#offer()
    }
  }

  #offer() {
    const t = this.guide.apply
    const { check, page, trouble } = this.state
    return this.#card(
      t.heading,
      html`<p class="quiet intro">${page?.writable === true ? t.intro(page.where) : nothing}</p>
        ${this.#answers()}
        <div role="status">
          ${trouble === null ? nothing : note('bad', this.guide.failed(trouble))} ${this.#news()}
        </div>
        ${check === null ? this.#waiting(trouble) : this.#checked(check)}`,
    )
  }

  #answers() {
    const { answers } = this.state
    return answers === null
      ? nothing
      : html`<ul class="bullets part wide">
          ${meaningOf(answers, this.guide).map((text) => html`<li>${text}</li>`)}
        </ul>`
  }

  #news() {
    const t = this.guide.apply
    const { applying } = this.state
    switch (applying.kind) {
      case 'outdated':
        return note('notice', t.changedMeanwhile)
      case 'failed':
        return note('bad', this.guide.failed(applying.reason))
      case 'writing':
        return html`<p class="quiet">${t.writing}</p>`
      default:
        return nothing
    }
  }

  #waiting(trouble: string | null) {
    return html`<div class="part">
      ${trouble === null ? html`<p class="quiet" role="status">${this.guide.apply.checking}</p>` : nothing}
      <button type="button" class="plain" @click=${() => this.#say('back')}>
        ${this.guide.back}
      </button>
    </div>`
  }

  #checked(check: OptionsCheck) {
    const t = this.guide.apply
    const { problems, warnings, difference, yaml } = check
    const changes = changeViews(difference, t)
    return html`${
      problems.length === 0
        ? nothing
        : html`<div class="part wide">
              <h3>${t.problems}</h3>
              <ul class="notes wide" lang="en">
                ${problems.map(({ text }) => html`<li>${note('bad', text)}</li>`)}
              </ul>
              ${
                canLeaveOut(problems)
                  ? html`<button type="button" class="plain" @click=${() => this.#say('leave-out')}>
                      ${t.leaveOut}
                    </button>`
                  : nothing
              }
            </div>`
    }
      ${
        warnings.length === 0
          ? nothing
          : html`<div class="part wide">
              <h3>${t.warnings}</h3>
              <ul class="notes wide" lang="en">
                ${warnings.map((text) => html`<li>${note('notice', text)}</li>`)}
              </ul>
            </div>`
      }
      <div class="part wide">
        ${this.#byHand()}
        ${changes.length === 0 ? nothing : this.#changes(changes)}
        <details ?open=${this.state.page?.writable === false}>
          <summary>${t.yaml}</summary>
          <pre tabindex="0" aria-label=${t.yaml}>${yaml}</pre>
        </details>
      </div>
      ${this.#doIt(check)}`
  }

  #byHand() {
    const t = this.guide.apply
    const { page } = this.state
    return page?.writable === false
      ? html`${note('notice', `${t.notWritable} ${page.why_not ?? ''}`)}
          <p>${t.copyHint}</p>`
      : nothing
  }

  #changes(changes: readonly ChangeView[]) {
    const t = this.guide.apply
    return html`<details>
      <summary>${t.words}</summary>
      ${differenceTable(changes, t)}
    </details>`
  }

  #doIt({ problems, difference }: OptionsCheck) {
    const t = this.guide.apply
    const { page, applying } = this.state
    const isSame = difference.length === 0 && problems.length === 0
    const isOff = problems.length > 0 || applying.kind === 'writing' || page?.writable !== true
    return html`${isSame ? html`<p class="part">${t.nothing}</p>` : nothing}
      <div class="choices">
        ${
          isSame
            ? html`<button type="button" @click=${() => this.#say('next')}>${this.guide.next}</button>`
            : html`<button type="button" ?disabled=${isOff} @click=${() => this.#say('write')}>
                ${t.use}
              </button>`
        }
        <button type="button" class="plain" @click=${() => this.#say('back')}>
          ${this.guide.back}
        </button>
      </div>`
  }

  #starting(waitedMs: number) {
    const t = this.guide.apply
    return this.#card(
      t.heading,
      html`<div class="part">
        <p role="status">${waitedMs > usualMs ? t.slow : t.starting}</p>
        <progress aria-label=${t.starting}></progress>
      </div>`,
    )
  }

  #question(leftMs: number) {
    const t = changeTexts(document.documentElement.lang)
    const { trouble } = this.state
    return this.#card(
      t.heading,
      html`<p class="intro">${t.text}</p>
        <div class="part">
          <span class="quiet small">${t.left}</span>
          <span class="timer" role="timer">${this.voice.formats.countdown(leftMs)}</span>
        </div>
        ${trouble === null ? nothing : note('bad', this.guide.failed(trouble))}
        <div class="choices">
          <button type="button" @click=${() => this.#say('confirm')}>${t.yes}</button>
          <button
            type="button"
            class="plain"
            aria-describedby="take-back"
            @click=${() => this.#say('take-back')}
          >
            ${t.no}
          </button>
          <span class="quiet small hint" id="take-back">${t.noHint}</span>
        </div>`,
    )
  }

  #gone(reason: string | null) {
    const t = changeTexts(document.documentElement.lang)
    const { language } = this.voice.formats
    const said = reason === null ? null : this.#words.phrase(reason, language)
    return this.#card(
      this.guide.apply.heading,
      html`<div class="part" role="status">
          ${note('notice', t.gone)}
          ${
            reason === null
              ? nothing
              : html`<p class="quiet small" lang=${said === null ? 'en' : language}>
                  ${said ?? reason}
                </p>`
          }
        </div>
        <div class="choices">
          <button type="button" class="plain" @click=${() => this.#say('again')}>
            ${this.guide.back}
          </button>
        </div>`,
    )
  }

  #card(heading: string, content: unknown) {
    return html`<section class="card" aria-labelledby="apply">
      <h2 id="apply" tabindex="-1">${heading}</h2>
      ${content}
    </section>`
  }

  #say(what: Wish): void {
    this.dispatchEvent(new CustomEvent('wish', { detail: what }))
  }
}

const noteIcons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  notice: 'warning',
  bad: 'cross',
  neutral: 'dots',
}

function note(tone: Tone, text: string) {
  return html`<p class="note ${tone}">${icon(noteIcons[tone])}<span>${text}</span></p>`
}

customElements.define('apply-step', ApplyStep)
