/**
 * A change of the options that waits for the user's word, or that was taken back. It never says for
 * the user that the page is still there.
 */
import { html, nothing } from 'lit'
import type { OptionsChange } from '../../../model/published/options-page.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { given, own, PagePart } from '../frame/page-part.ts'
import { confirmOptions, restoreOptions } from '../live/setup-api.ts'
import { optionsTexts } from '../texts/options/language.ts'
import type { OptionsTexts } from '../texts/options/options-texts.ts'
import { optionsStyles } from './options-styles.ts'

export class ChangeCard extends PagePart {
  @given change!: OptionsChange
  /** By the host's clock. */
  @given nowMs!: number
  /** Why nothing may be said here; null: it may. */
  @given locked!: string | null
  @own trouble: string | null = null
  @own isBusy = false

  static override styles = [cardStyles, optionsStyles]

  protected override render() {
    const t = optionsTexts(document.documentElement.lang)
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
      <p class="wrong" role="status">${this.trouble === null ? '' : t.failed(this.trouble)}</p>
    </section>`
  }

  #question(leftMs: number, { confirm: t }: OptionsTexts) {
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

  #gone({ at, reason }: NonNullable<OptionsChange['put_back']>, { putBack: t }: OptionsTexts) {
    const when = this.voice.formats.moment(Date.parse(at), this.nowMs)
    return html`<h2 id="change">${t.heading}</h2>
      <p role="status">${t.text(when)}</p>
      <p class="quiet small" lang="en">${reason}</p>
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
