/** What this machine's kernel can and can't, and what that means for its user. */
import { css, html, nothing } from 'lit'
import { cardStyles } from '../frame/card-styles.ts'
import { icon } from '../frame/icon.ts'
import { given, PagePart } from '../frame/page-part.ts'
import type { GradeView } from './grade-view.ts'

export class CapabilityCard extends PagePart {
  @given grade!: GradeView
  @given advice!: readonly string[]
  @given version!: string

  static override styles = [
    cardStyles,
    css`
      ul {
        margin-top: 14px;
        display: grid;
        gap: 12px 24px;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr));
      }
      ul.advice {
        grid-template-columns: minmax(0, 1fr);
      }
      h3.advice {
        margin-top: 20px;
      }
      .version {
        margin-top: 20px;
      }
    `,
  ]

  protected override render() {
    const t = this.voice.texts.grade
    return html`<section class="card" aria-labelledby="grade">
      <h2 id="grade">${t.heading}</h2>
      <p class="quiet small">${this.grade.sentence}</p>
      <ul>
        ${this.grade.rows.map(
          ({ name, there, meaning }) => html`<li class="marked">
            <span class=${there ? 'good' : 'notice'}>${icon(there ? 'check' : 'dash')}</span>
            <div>
              <h3>
                ${name}<span class="hidden-text">: ${there ? t.there : t.missing}</span>
              </h3>
              <p class="quiet small">${meaning}</p>
            </div>
          </li>`,
        )}
      </ul>
      ${
        this.advice.length === 0
          ? nothing
          : html`<h3 class="advice">${t.advice}</h3>
              <ul class="advice">
                ${this.advice.map(
                  (advice) => html`<li class="marked">
                    <span class="notice">${icon('warning')}</span>
                    <p class="small" lang="en">${advice}</p>
                  </li>`,
                )}
              </ul>`
      }
      <p class="quiet small version">${t.version(this.version)}</p>
    </section>`
  }
}

customElements.define('capability-card', CapabilityCard)
