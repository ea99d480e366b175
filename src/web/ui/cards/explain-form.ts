/** Which line an address uses: the daemon's answer in sentences, with details underneath. */
import { css, html, nothing, type PropertyValues } from 'lit'
import { cardStyles } from '../frame/card-styles.ts'
import { icon } from '../frame/icon.ts'
import { given, own, PagePart } from '../frame/page-part.ts'
import { getExplanation } from '../live/api.ts'
import { type AnswerView, answerViews } from './explain-views.ts'

type Outcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'failed'; readonly reason: string }
  | {
      readonly kind: 'answered'
      readonly from: string
      readonly to: string
      readonly answers: readonly AnswerView[]
    }

export class ExplainForm extends PagePart {
  /** Differs whenever the answers may differ. */
  @given decision!: string
  @own outcome: Outcome = { kind: 'none' }

  static override styles = [
    cardStyles,
    css`
      form {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr));
        gap: 14px;
        margin-top: 14px;
        align-items: start;
      }
      label {
        display: block;
        font-size: 0.875rem;
        margin-bottom: 4px;
      }
      input {
        font: inherit;
        width: 100%;
        min-height: 40px;
        padding: 8px 12px;
        color: var(--text);
        background: var(--page-background);
        border: 1px solid var(--edge);
        border-radius: 8px;
      }
      .hint {
        font-size: 0.8125rem;
        margin-top: 4px;
      }
      .ask {
        margin-top: 25px;
      }
      ol {
        margin-top: 12px;
      }
      li {
        padding: 10px 0;
        border-top: 1px solid var(--divider);
      }
      li .icon {
        margin-top: 1px;
      }
      details {
        margin-top: 4px;
      }
      summary {
        cursor: pointer;
        color: var(--accent-text);
        font-size: 0.875rem;
        width: fit-content;
      }
      dd {
        font-family: ui-monospace, monospace;
      }
      .outcome > * {
        margin-top: 16px;
      }
      @media (max-width: 599px) {
        .ask {
          margin-top: 0;
        }
      }
    `,
  ]

  /** An answer that begins with "now" must not stay when it is no longer true. */
  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('decision') || this.outcome.kind !== 'answered') return
    void this.#ask(this.outcome.from, this.outcome.to)
  }

  protected override render() {
    const t = this.voice.texts.explain
    return html`<section class="card" aria-labelledby="explain">
      <h2 id="explain">${t.heading}</h2>
      <p class="quiet small">${t.intro}</p>
      <form @submit=${this.#submit}>
        ${field({ name: 'from', label: t.from, hint: t.fromHint, required: true })}
        ${field({ name: 'to', label: t.to, hint: t.toHint, required: false })}
        <div class="ask">
          <button type="submit" ?disabled=${this.outcome.kind === 'asking'}>
            ${this.outcome.kind === 'asking' ? t.asking : t.ask}
          </button>
        </div>
      </form>
      <div class="outcome" aria-live="polite">${this.#outcome()}</div>
    </section>`
  }

  #outcome() {
    const { texts } = this.voice
    const { outcome } = this
    switch (outcome.kind) {
      case 'none':
      case 'asking':
        return nothing
      case 'failed':
        return html`<p class="bad">${texts.controls.failed(outcome.reason)}</p>`
      case 'answered':
        return html`<h3>${texts.explain.answersFor(outcome.from, outcome.to)}</h3>
          <ol>
            ${outcome.answers.map((answer) => this.#answer(answer))}
          </ol>`
    }
  }

  #answer({ when, sentence, well, reason, details }: AnswerView) {
    return html`<li class="marked">
      <span class=${well ? 'good' : 'bad'}>${icon(well ? 'check' : 'cross')}</span>
      <div>
        <p><strong>${when}:</strong> ${sentence}</p>
        <p class="quiet small" lang="en">${reason}</p>
        <details>
          <summary>
            ${this.voice.texts.explain.details}<span class="hidden-text">: ${when}</span>
          </summary>
          <dl class="facts">
            ${details.map(({ label, value }) => html`<dt>${label}</dt><dd>${value}</dd>`)}
          </dl>
        </details>
      </div>
    </li>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    void this.#ask(String(form.get('from')).trim(), String(form.get('to')).trim())
  }

  async #ask(from: string, to: string): Promise<void> {
    if (this.outcome.kind !== 'answered') this.outcome = { kind: 'asking' }
    const answer = await getExplanation(from, to)
    this.outcome =
      answer.kind === 'failed'
        ? answer
        : {
            kind: 'answered',
            from: answer.value.from,
            to: answer.value.to,
            answers: answerViews(answer.value.answers, this.voice.texts),
          }
  }
}

interface Field {
  readonly name: string
  readonly label: string
  readonly hint: string
  readonly required: boolean
}

function field({ name, label, hint, required }: Field) {
  return html`<div>
    <label for=${name}>${label}</label>
    <input
      id=${name}
      name=${name}
      aria-describedby="${name}-hint"
      ?required=${required}
      maxlength="45"
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
    />
    <p class="hint quiet" id="${name}-hint">${hint}</p>
  </div>`
}

customElements.define('explain-form', ExplainForm)
