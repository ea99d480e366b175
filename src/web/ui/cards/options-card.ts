/** While the options are wrong: what stands where, what would be right, and what holds meanwhile. */
import { css, html } from 'lit'
import type { OptionsNotice } from '../../../model/published/snapshot.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { icon } from '../frame/icon.ts'
import { given, PagePart } from '../frame/page-part.ts'
import { ProblemWords } from '../frame/problem-words.ts'

export class OptionsCard extends PagePart {
  @given options!: OptionsNotice
  @given nowMs!: number

  readonly #words = new ProblemWords(this)

  static override styles = [
    cardStyles,
    css`
      ul {
        margin-top: 16px;
        display: grid;
        gap: 8px;
      }
      li {
        display: flex;
        gap: 10px;
        padding: 10px 14px;
        border-radius: 8px;
        background: color-mix(in srgb, var(--bad) 10%, transparent);
        overflow-wrap: anywhere;
      }
      li .icon {
        color: var(--bad);
        margin-top: 1px;
      }
      span {
        min-width: 0;
      }
    `,
  ]

  protected override render() {
    const t = this.voice.texts.options
    const heading = this.options.taken_back === undefined ? t.heading : t.takenBack
    return html`<section class="card" aria-labelledby="options">
      <h2 id="options">${heading}</h2>
      <p class="quiet small">${this.#meanwhile()}</p>
      <ul aria-label=${heading}>
        ${this.options.problems.map((problem) => {
          const said = this.#words.line(problem, this.voice.formats.language)
          const lang = said === null ? 'en' : this.voice.formats.language
          return html`<li>${icon('cross')}<span lang=${lang}>${said ?? problem}</span></li>`
        })}
      </ul>
    </section>`
  }

  #meanwhile(): string {
    const { texts, formats } = this.voice
    const { in_force, since } = this.options
    if (this.options.taken_back !== undefined) return texts.options.notInForce
    if (in_force === 'none') return texts.options.nothingChanges
    if (since === null) return texts.options.earlierStay
    return texts.options.earlierStaySince(formats.moment(Date.parse(since), this.nowMs))
  }
}

customElements.define('options-card', OptionsCard)
