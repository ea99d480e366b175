/** Policies and the line that each one uses: a table if there is room, else blocks. */
import { css, html, nothing } from 'lit'
import { cardStyles, hidden } from '../frame/card-styles.ts'
import { given, PagePart } from '../frame/page-part.ts'
import { rowStyles } from '../frame/row-styles.ts'
import type { PolicyView } from './policy-views.ts'

export class PolicyTable extends PagePart {
  @given policies!: readonly PolicyView[]

  static override styles = [
    cardStyles,
    rowStyles,
    css`
      :host {
        container-type: inline-size;
      }
      [role='row'] {
        grid-template-columns: 1.2fr 1.6fr 1.3fr 1fr 2fr;
      }
      .what {
        display: block;
      }
      .uses {
        font-weight: 500;
      }
      @container (max-width: 620px) {
        [role='row'] {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        }
        [role='row'].heads {
          ${hidden}
        }
        [role='rowheader'],
        .why {
          grid-column: 1 / -1;
        }
        .who {
          grid-column: 1 / -1;
        }
        .label {
          display: block;
        }
      }
    `,
  ]

  protected override render() {
    const t = this.voice.texts.policies
    const heads = [t.policy, t.who, t.order, t.uses, t.why]
    return html`<section class="card" aria-labelledby="policies">
      <div class="head"><h2 id="policies">${t.heading}</h2></div>
      <div role="table" aria-labelledby="policies">
        <div role="row" class="heads">
          ${heads.map((head) => html`<span role="columnheader">${head}</span>`)}
        </div>
        ${this.policies.map((policy) => this.#row(policy))}
      </div>
    </section>`
  }

  #row(policy: PolicyView) {
    const t = this.voice.texts.policies
    const order = policy.order.length === 0 ? t.noInternet : policy.order.join(` ${t.orThen} `)
    return html`<div role="row">
      <span role="rowheader">${policy.name}</span>
      <span role="cell" class="who">
        ${policy.who}
        ${policy.what === null ? nothing : html`<span class="what quiet small">${policy.what}</span>`}
      </span>
      <span role="cell"><span class="label" aria-hidden="true">${t.order}</span>${order}</span>
      <span role="cell">
        <span class="label" aria-hidden="true">${t.uses}</span>
        <span class="uses">${policy.uses ?? t.nothing}</span>
      </span>
      <span role="cell" class="why quiet small" lang="en">${policy.why}</span>
    </div>`
  }
}

customElements.define('policy-table', PolicyTable)
