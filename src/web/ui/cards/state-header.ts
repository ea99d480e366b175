/** The first thing a user sees: one sentence, and what needs attention. */
import { css, html, nothing } from 'lit'
import { cardStyles, type Tone } from '../frame/card-styles.ts'
import { type IconName, icon } from '../frame/icon.ts'
import { given, PagePart } from '../frame/page-part.ts'
import type { Summary } from './summary.ts'

const toneIcons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  notice: 'warning',
  bad: 'cross',
  neutral: 'eye',
}

export class StateHeader extends PagePart {
  @given summary!: Summary
  @given problems!: readonly string[]

  static override styles = [
    cardStyles,
    css`
      .state {
        display: flex;
        gap: 16px;
        align-items: center;
      }
      .badge {
        width: 56px;
        height: 56px;
        font-size: 1.5rem;
      }
      .state > div {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      h2 {
        font-size: 1.5rem;
        font-weight: 400;
      }
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
        background: color-mix(in srgb, var(--notice) 10%, transparent);
        overflow-wrap: anywhere;
      }
      li .icon {
        color: var(--notice);
        margin-top: 1px;
      }
      @media (max-width: 599px) {
        h2 {
          font-size: 1.25rem;
        }
        .badge {
          width: 44px;
          height: 44px;
          font-size: 1.25rem;
        }
        .state {
          gap: 12px;
        }
      }
    `,
  ]

  protected override render() {
    const { tone, title, details } = this.summary
    const { texts } = this.voice
    return html`<section class="card" aria-labelledby="state">
      <div class="state">
        <span class="disc tinted badge ${tone}">${icon(toneIcons[tone])}</span>
        <div>
          <h2 id="state" aria-live="polite">${title}</h2>
          ${details.length === 0 ? nothing : html`<p class="quiet">${details.join(' ')}</p>`}
        </div>
      </div>
      ${
        this.problems.length === 0
          ? nothing
          : html`<ul aria-label=${texts.summary.problems(this.problems.length)}>
              ${this.problems.map(
                (problem) => html`<li>${icon('warning')}<span lang="en">${problem}</span></li>`,
              )}
            </ul>`
      }
    </section>`
  }
}

customElements.define('state-header', StateHeader)
