/**
 * Who uses this machine. Nobody is looked for before the card is opened, and what shows them is
 * loaded with it.
 */
import { css, html, nothing } from 'lit'
import type { Setup } from '../../../model/published/setup.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { LaterFile } from '../frame/later-file.ts'
import { given, own, PagePart } from '../frame/page-part.ts'

export class DevicesCard extends PagePart {
  @given setup!: Setup | null
  /** By the host's clock. */
  @given nowMs!: number
  /** A change of the options waits for the user's word. */
  @given waits!: boolean
  @own isOpen = false
  readonly #file = new LaterFile(this, () => import('./device-list.ts'))

  static override styles = [
    cardStyles,
    css`
      .head {
        margin-bottom: 4px;
      }
    `,
  ]

  protected override render() {
    const t = this.voice.texts.devices
    return html`<section class="card" aria-labelledby="devices">
      <div class="head">
        <h2 id="devices">${t.heading}</h2>
        <button type="button" class="plain" aria-expanded=${this.isOpen} @click=${this.#toggle}>
          ${this.isOpen ? t.hide : t.show}
        </button>
      </div>
      <p class="quiet small">${t.intro}</p>
      ${this.isOpen ? this.#content() : nothing}
    </section>`
  }

  #content() {
    const { voice } = this
    switch (this.#file.state) {
      case 'there':
        return html`<device-list
          .setup=${this.setup}
          .nowMs=${this.nowMs}
          .waits=${this.waits}
          .voice=${voice}
        ></device-list>`
      case 'missing':
        return html`<p role="alert">${voice.texts.guide.missing}</p>`
      default:
        return html`<p role="status">${voice.texts.loading}</p>`
    }
  }

  #toggle(): void {
    this.isOpen = !this.isOpen
    this.#file.want()
  }
}

customElements.define('devices-card', DevicesCard)
