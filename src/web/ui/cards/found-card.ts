/** While nothing is set up: what the machine offers, and what to enter to begin. */
import { css, html, nothing } from 'lit'
import type { FoundInterface, Setup } from '../../../model/published/setup.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { given, own, PagePart } from '../frame/page-part.ts'

export class FoundCard extends PagePart {
  @given found!: Setup['found']
  @own copied: 'yes' | 'no' | null = null

  static override styles = [
    cardStyles,
    css`
      .interfaces {
        margin-top: 14px;
        display: grid;
        gap: 12px;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr));
      }
      .interfaces li {
        border: 1px solid var(--divider);
        border-radius: var(--radius);
        padding: 14px 16px;
        overflow-wrap: anywhere;
      }
      .enter {
        margin-top: 24px;
      }
      pre {
        margin: 12px 0;
        padding: 14px 16px;
        overflow: auto;
        border-radius: 8px;
        border: 1px solid var(--divider);
        background: var(--page-background);
        font: 0.875rem/1.5 ui-monospace, monospace;
      }
      .copy {
        display: flex;
        gap: 12px;
        align-items: center;
        flex-wrap: wrap;
      }
    `,
  ]

  protected override render() {
    const t = this.voice.texts.found
    const { interfaces, suggestion } = this.found
    return html`<section class="card" aria-labelledby="found">
      <h2 id="found">${t.heading}</h2>
      <p class="quiet small">${interfaces.length === 0 ? t.noInterfaces : t.intro}</p>
      <ul class="interfaces">
        ${interfaces.map((one) => this.#interface(one))}
      </ul>
      ${
        suggestion === ''
          ? nothing
          : html`<div class="enter">
              <h3>${t.enter}</h3>
              <p class="quiet small">${t.enterHint}</p>
              <pre tabindex="0" aria-label=${t.enter}>${suggestion}</pre>
              <div class="copy">
                <button type="button" @click=${this.#copy}>${t.copy}</button>
                <span role="status">${this.#copyOutcome()}</span>
              </div>
            </div>`
      }
    </section>`
  }

  #interface({ name, type, addresses, gateways, point_to_point }: FoundInterface) {
    const t = this.voice.texts.found
    const none = point_to_point === true ? t.noGatewayNeeded : t.noGateway
    return html`<li>
      <h3>${name} <span class="quiet small">${type}</span></h3>
      <dl class="facts">
        <dt>${t.gateway}</dt>
        <dd>${gateways.length === 0 ? none : gateways.join(', ')}</dd>
        <dt>${t.addresses}</dt>
        <dd>${addresses.join(', ')}</dd>
      </dl>
    </li>`
  }

  #copyOutcome(): string {
    const t = this.voice.texts.found
    if (this.copied === null) return ''
    return this.copied === 'yes' ? t.copied : t.copyFailed
  }

  async #copy(): Promise<void> {
    this.copied = (await this.#copyNow()) ? 'yes' : 'no'
  }

  /** The clipboard needs HTTPS, which Home Assistant at home often doesn't have. */
  async #copyNow(): Promise<boolean> {
    try {
      await navigator.clipboard.writeText(this.found.suggestion)
      return true
    } catch {
      return this.#copySelected()
    }
  }

  #copySelected(): boolean {
    const area = document.createElement('textarea')
    area.value = this.found.suggestion
    area.setAttribute('aria-hidden', 'true')
    this.renderRoot.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}

customElements.define('found-card', FoundCard)
