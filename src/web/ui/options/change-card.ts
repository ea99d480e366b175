/**
 * A change of the options that waits for the user's word, or that was taken back. It never says for
 * the user that the page is still there.
 */
import { html, nothing } from 'lit'
import type { OptionsChange } from '../../../model/published/options-page.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { given, own, PagePart } from '../frame/page-part.ts'
import { ProblemWords } from '../frame/problem-words.ts'
import { confirmOptions, restoreOptions } from '../live/setup-api.ts'
import type { ChangeTexts } from '../texts/change/change-texts.ts'
import { changeTexts } from '../texts/change/language.ts'
import { optionsTexts } from '../texts/options/language.ts'
import { optionsStyles } from './options-styles.ts'

export class ChangeCard extends PagePart {
  @given change!: OptionsChange
  /** By the host's clock. */
  @given nowMs!: number
  /** Why nothing may be said here; null: it may. */
  @given locked!: string | null
  @own trouble: string | null = null
  @own isBusy = false
  readonly #words = new ProblemWords(this)

  static override styles = [cardStyles, optionsStyles]

  protected override render() {
    const t = changeTexts(document.documentElement.lang)
    const { confirm_until, put_back } = this.change
    return html`<section class="card" aria-labelledby="change">
      ${
        confirm_until !== null
          ? this.#question(Date.parse(confirm_until) - this.nowMs, t)
          : put_back === null
            ? nothing
            : this.#gone(put_back, t)
      }
      ${this.locked === null ? nothing : html`<p class="quiet small">${this.locked}</p>`}
      <p class="wrong" role="status">${this.trouble === null ? '' : optionsTexts(document.documentElement.lang).failed(this.trouble)}</p>
    </section>`
  }

  #question(leftMs: number, t: ChangeTexts) {
    return html`<h2 id="change">${t.heading}</h2>
      <p class="intro" role="alert">${t.text}</p>
      <p>
        <span class="quiet small">${t.left}</span>
        <span class="timer" role="timer">${this.voice.formats.countdown(Math.max(0, leftMs))}</span>
      </p>
      <div class="choices">
        ${this.#button(t.yes, 'confirm', '')} ${this.#button(t.no, 'restore', 'plain')}
      </div>`
  }

  #gone({ at, reason }: NonNullable<OptionsChange['put_back']>, t: ChangeTexts) {
    const { formats } = this.voice
    const said = this.#words.phrase(reason, formats.language)
    return html`<h2 id="change">${t.gone}</h2>
      <p role="status">${t.goneAt(formats.moment(Date.parse(at), this.nowMs))}</p>
      <p class="quiet small" lang=${said === null ? 'en' : formats.language}>${said ?? reason}</p>
      <div class="choices">${this.#button(t.seen, 'confirm', 'plain')}</div>`
  }

  #button(text: string, what: 'confirm' | 'restore', kind: string) {
    const isOff = this.isBusy || this.locked !== null
    return html`<button
      type="button"
      class=${kind}
      ?disabled=${isOff}
      @click=${() => void this.#say(what)}
    >
      ${text}
    </button>`
  }

  /** What follows appears in the state. */
  async #say(what: 'confirm' | 'restore'): Promise<void> {
    this.isBusy = true
    const answer = await (what === 'confirm' ? confirmOptions() : restoreOptions())
    this.isBusy = false
    this.trouble = answer.kind === 'ok' ? null : answer.reason
  }
}

customElements.define('change-card', ChangeCard)
