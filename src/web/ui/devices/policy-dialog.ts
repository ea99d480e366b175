/** Asks before a policy is written, and says what came of it. */
import { css, html, nothing } from 'lit'
import type { OptionsCheck } from '../../../model/published/options-page.ts'
import { controlStyles } from '../cards/control-styles.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { changeViews } from '../frame/changes.ts'
import { icon } from '../frame/icon.ts'
import { given, PagePart } from '../frame/page-part.ts'
import type { DevicesTexts } from '../texts/devices/devices-texts.ts'
import type { Offer, PolicySession, Step } from './policy-session.ts'

export class PolicyDialog extends PagePart {
  @given session!: PolicySession
  @given step!: Step
  @given texts!: DevicesTexts
  #before: Step['kind'] = 'idle'

  static override styles = [
    cardStyles,
    controlStyles,
    css`
      dialog p + p,
      details,
      .problems {
        margin-top: 12px;
      }
      .problems {
        display: grid;
        gap: 8px;
      }
      summary {
        cursor: pointer;
        color: var(--accent-text);
        font-size: 0.875rem;
        width: fit-content;
      }
      dl {
        margin: 8px 0 0;
        font-size: 0.875rem;
        overflow-wrap: anywhere;
      }
      dt {
        font-family: ui-monospace, monospace;
      }
      dd {
        margin: 0 0 8px;
        color: var(--text-quiet);
      }
    `,
  ]

  protected override updated(): void {
    const { kind } = this.step
    if (kind === this.#before) return
    this.#before = kind
    const dialog = this.renderRoot.querySelector('dialog')
    if (kind === 'offered' && dialog?.open === false) dialog.showModal()
    if (kind !== 'offered' && kind !== 'writing') dialog?.close()
    // There the page asks whether it can still be seen.
    if (kind === 'written') scrollTo({ top: 0 })
  }

  protected override render() {
    const { step } = this
    const isAsking = step.kind === 'offered' || step.kind === 'writing'
    return html`<div aria-live="polite">${this.#news()}</div>
      <dialog aria-labelledby="ask" @cancel=${() => this.session.cancel()}>
        ${isAsking ? this.#offer(step.offer, step.kind === 'writing') : nothing}
      </dialog>`
  }

  #news() {
    const t = this.texts
    const { step } = this
    switch (step.kind) {
      case 'written':
        return html`<p class="good message">${icon('check')} ${t.change.written}</p>`
      case 'outdated':
        return html`<p class="notice message">${icon('warning')} ${t.change.outdated}</p>`
      case 'failed':
        return html`<p class="bad message">${icon('cross')} ${t.failed(step.reason)}</p>`
      default:
        return nothing
    }
  }

  #offer({ device, policy, change, check }: Offer, isWriting: boolean) {
    const t = this.texts.change
    const name = policy === 'default' ? this.texts.everyoneElse : policy
    const canWrite = check !== null && check.problems.length === 0 && check.difference.length > 0
    return html`<h3 id="ask">${t.heading(device.name ?? device.address)}</h3>
      <p>${t.text(name)}</p>
      ${policy === 'default' || device.mac === null ? nothing : html`<p>${t.byMac}</p>`}
      ${change.emptied.map((gone) => html`<p>${t.emptied(gone)}</p>`)}
      <div role="status">
        ${check === null ? html`<p class="quiet">${t.checking}</p>` : this.#checked(check)}
        ${isWriting ? html`<p class="quiet">${t.writing}</p>` : nothing}
      </div>
      <div class="choices">
        <button type="button" class="plain" ?disabled=${isWriting} @click=${() => this.session.cancel()}>
          ${t.cancel}
        </button>
        <button
          type="button"
          ?disabled=${!canWrite || isWriting}
          @click=${() => void this.session.write()}
        >
          ${t.write}
        </button>
      </div>`
  }

  #checked({ problems, warnings, difference }: OptionsCheck) {
    const t = this.texts.change
    if (problems.length > 0) {
      return html`<h4>${t.problems}</h4>
        <ul class="problems" lang="en">
          ${problems.map(({ text }) => html`<li class="bad">${text}</li>`)}
        </ul>`
    }
    if (difference.length === 0) return html`<p>${t.nothing}</p>`
    return html`${
      warnings.length === 0
        ? nothing
        : html`<ul class="problems" lang="en">
            ${warnings.map((text) => html`<li class="notice">${text}</li>`)}
          </ul>`
    }
      <details open>
        <summary>${t.details}</summary>
        <dl>
          ${changeViews(difference, t).map(
            ({ path, before, after }) =>
              html`<dt>${path}</dt>
                <dd>${before} → ${after}</dd>`,
          )}
        </dl>
      </details>`
  }
}

customElements.define('policy-dialog', PolicyDialog)
