/** Both boxes of a pair side by side, loaded when somebody wants to see it. */
import { css, html } from 'lit'
import type { OtherBoxSnapshot } from '../../../model/published/snapshot.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { differenceStyles, differenceTable } from '../frame/difference-table.ts'
import { given, PagePart } from '../frame/page-part.ts'
import { boxesTexts } from '../texts/boxes/language.ts'
import { boxesView } from './box-rows.ts'

export class BoxesTable extends PagePart {
  /** null: nothing has been heard of it lately. */
  @given other!: OtherBoxSnapshot | null
  @given version!: string

  static override styles = [
    cardStyles,
    differenceStyles,
    css`
      :host {
        width: 100%;
      }
      p {
        margin-bottom: 8px;
      }
    `,
  ]

  protected override render() {
    const t = boxesTexts(document.documentElement.lang)
    if (this.other === null) return html`<p class="quiet small" role="status">${t.unheard}</p>`
    const { heading, rows } = boxesView(this.other, this.version, {
      t,
      formats: this.voice.formats,
    })
    const heads = { field: t.option, before: t.here, after: t.there }
    return html`<p role="status">${heading}</p>
      ${differenceTable(rows, heads)}`
  }
}

customElements.define('boxes-table', BoxesTable)
