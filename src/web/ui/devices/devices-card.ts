/**
 * Who uses this machine. Nobody is looked for before the card is opened, and what shows them is
 * loaded with it. It opens by itself where a change made in it waits for the user's word.
 */
import { css, html, nothing } from 'lit'
import type { Setup } from '../../../model/published/setup.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { given, own, PagePart } from '../frame/page-part.ts'
import { changeIsWaiting } from '../live/kept-change.ts'

export class DevicesCard extends PagePart {
  @given setup!: Setup | null
  /** By the host's clock. */
  @given nowMs!: number
  /** null: it is closed. */
  @own file: 'wanted' | 'there' | 'missing' | null = null

  static override styles = [
    cardStyles,
    css`
      .head {
        margin-bottom: 4px;
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    if (changeIsWaiting()) void this.#open()
  }

  protected override render() {
    const t = this.voice.texts.devices
    return html`<section class="card" aria-labelledby="devices">
      <div class="head">
        <h2 id="devices">${t.heading}</h2>
        <button
          type="button"
          class="plain"
          aria-expanded=${this.file !== null}
          @click=${this.#toggle}
        >
          ${this.file === null ? t.show : t.hide}
        </button>
      </div>
      <p class="quiet small">${t.intro}</p>
      ${this.#content()}
    </section>`
  }

  #content() {
    const { voice } = this
    switch (this.file) {
      case null:
        return nothing
      case 'wanted':
        return html`<p role="status">${voice.texts.loading}</p>`
      case 'missing':
        return html`<p role="alert">${voice.texts.guide.missing}</p>`
      case 'there':
        return html`<device-list
          .setup=${this.setup}
          .nowMs=${this.nowMs}
          .voice=${voice}
        ></device-list>`
    }
  }

  #toggle(): void {
    if (this.file === null) void this.#open()
    else this.file = null
  }

  async #open(): Promise<void> {
    this.file = 'wanted'
    try {
      await import('./device-list.ts')
      if (this.file === 'wanted') this.file = 'there'
    } catch {
      // Another version of the page stands there by now, with another file.
      this.file = 'missing'
    }
  }
}

customElements.define('devices-card', DevicesCard)
