/** Who resolves names for this machine, and on which line that hangs. */
import { css, html, nothing } from 'lit'
import { cardStyles } from '../frame/card-styles.ts'
import { given, PagePart } from '../frame/page-part.ts'
import type { ResolverView } from './resolver-views.ts'

export class ResolverTable extends PagePart {
  @given resolvers!: readonly ResolverView[]
  /** Nobody answers in their place. */
  @given alone!: boolean

  static override styles = [
    cardStyles,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 2px 16px;
        padding: 10px 0;
        border-top: 1px solid var(--divider);
      }
      li > * {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .address {
        font-weight: 500;
      }
      .why {
        grid-column: 1 / -1;
      }
    `,
  ]

  protected override render() {
    const t = this.voice.texts.names
    return html`<section class="card" aria-labelledby="names">
      <div class="head"><h2 id="names">${t.heading}</h2></div>
      <ul>
        ${this.resolvers.map(
          ({ address, state, tone, via, why }) => html`<li>
            <span class="address">${address}</span>
            <span class=${tone}>${state}</span>
            <span class="why quiet small" lang="en">
              ${via === null ? '' : `${t.hangsOn(via)} · `}${why}
            </span>
          </li>`,
        )}
      </ul>
      ${this.alone ? html`<p class="quiet small">${t.alone}</p>` : nothing}
    </section>`
  }
}

customElements.define('resolver-table', ResolverTable)
