/** What this machine's kernel can and can't, and what that means for its user. */
import { css, html, LitElement, nothing } from 'lit'
import { cardStyles } from '../frame/card-styles.ts'
import { icon } from '../frame/icon.ts'
import type { Voice } from '../texts/voice.ts'
import type { GradeView } from './grade-view.ts'

export class CapabilityCard extends LitElement {
  static override properties = {
    grade: { attribute: false },
    advice: { attribute: false },
    version: { attribute: false },
    voice: { attribute: false },
  }

  declare grade: GradeView
  declare advice: readonly string[]
  declare version: string
  declare voice: Voice

  static override styles = [
    cardStyles,
    css`
      ul {
        list-style: none;
        margin: 14px 0 0;
        padding: 0;
        display: grid;
        gap: 12px 24px;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr));
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0 10px;
        overflow-wrap: anywhere;
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
          ({ name, there, meaning }) => html`<li>
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
                  (advice) => html`<li>
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
