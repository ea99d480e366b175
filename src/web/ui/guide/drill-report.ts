/** What the drill has shown, to be read once and acted on. */
import { css, html, nothing } from 'lit'
import { cardStyles } from '../frame/card-styles.ts'
import { given } from '../frame/page-part.ts'
import { GuidePart } from './guide-part.ts'
import { guideStyles } from './guide-styles.ts'
import type { ReportView } from './report-view.ts'

export class DrillReport extends GuidePart {
  @given view!: ReportView

  static override styles = [
    cardStyles,
    guideStyles,
    css`
      .whole {
        margin-top: 0;
      }
      .times dt {
        color: var(--text);
      }
      .times dd {
        font-variant-numeric: tabular-nums;
        font-weight: 500;
      }
      .facts {
        font-size: 1rem;
        gap: 6px 20px;
      }
    `,
  ]

  protected override render() {
    const t = this.guide.report
    const { ways, slowBack, moved, devices } = this.view
    return html`<div class="card">
      <div class="part whole">
        <dl class="facts times">
          ${ways.map(([what, howLong]) => html`<dt>${what}</dt><dd>${howLong}</dd>`)}
        </dl>
        ${slowBack === null ? nothing : html`<p>${slowBack}</p>`}
        <p class="quiet small">${t.noticed}</p>
      </div>
      <section class="part" aria-labelledby="moved">
        <h3 id="moved">${t.moved}</h3>
        <ul class="bullets">
          ${moved.map(([who, to]) => html`<li>${who} → ${to}</li>`)}
        </ul>
      </section>
      ${devices === null ? html`<p class="part quiet">${t.noDevices}</p>` : this.#devices(devices)}
    </div>`
  }

  #devices({ seen, seenMore, passedBy, passedByMore, advice }: NonNullable<ReportView['devices']>) {
    const t = this.guide.report
    return html`<section class="part" aria-labelledby="seen">
        <h3 id="seen">${t.seen}</h3>
        <p class="quiet small">${seen.length === 0 ? t.noneSeen : t.seenHint}</p>
        <ul class="bullets">
          ${seen.map(
            ([device, what]) => html`<li>${device} <span class="quiet small">${what}</span></li>`,
          )}
          ${seenMore === 0 ? nothing : html`<li>${t.more(seenMore)}</li>`}
        </ul>
      </section>
      ${
        passedBy.length === 0
          ? nothing
          : html`<section class="part" aria-labelledby="passed-by">
              <h3 id="passed-by">${t.passedBy}</h3>
              <ul class="bullets">
                ${passedBy.map((text) => html`<li>${text}</li>`)}
                ${passedByMore === 0 ? nothing : html`<li>${t.more(passedByMore)}</li>`}
              </ul>
              ${advice.map((text) => html`<p>${text}</p>`)}
            </section>`
      }`
  }
}

customElements.define('drill-report', DrillReport)
