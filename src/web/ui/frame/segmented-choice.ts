/** A choice of one among a few words; each is a button, so that an arrow key changes nothing. */
import { css, html, LitElement } from 'lit'
import { cardStyles } from './card-styles.ts'
import { given } from './page-part.ts'

export interface Choice {
  readonly value: string
  readonly text: string
}

/** More than this would break into ragged rows. */
const mostLettersInARow = 30

export class SegmentedChoice extends LitElement {
  @given choices: readonly Choice[] = []
  @given value = ''
  @given label = ''
  @given disabled = false

  static override styles = [
    cardStyles,
    css`
      div {
        display: inline-flex;
        flex-wrap: wrap;
        gap: 2px;
        padding: 3px;
        border-radius: 22px;
        background: var(--hover);
        max-width: 100%;
      }
      div.stacked {
        display: grid;
        justify-items: stretch;
      }
      button {
        background: transparent;
        color: var(--text);
        min-height: 34px;
        padding: 5px 14px;
        border-radius: 18px;
        max-width: 100%;
        overflow-wrap: anywhere;
      }
      button[aria-pressed='true'] {
        background: var(--card-background);
        border-color: var(--edge);
        color: var(--accent-text);
      }
    `,
  ]

  protected override render() {
    const letters = this.choices.reduce((count, { text }) => count + text.length, 0)
    const stacked = letters > mostLettersInARow ? 'stacked' : ''
    return html`<div role="group" class=${stacked} aria-label=${this.label}>
      ${this.choices.map(
        ({ value, text }) => html`<button
          type="button"
          aria-pressed=${value === this.value ? 'true' : 'false'}
          ?disabled=${this.disabled && value !== this.value}
          @click=${() => this.#choose(value)}
        >
          ${text}
        </button>`,
      )}
    </div>`
  }

  #choose(value: string): void {
    if (value === this.value) return
    this.dispatchEvent(new CustomEvent('choose', { detail: value }))
  }
}

customElements.define('segmented-choice', SegmentedChoice)
