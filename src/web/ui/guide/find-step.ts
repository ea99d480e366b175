/** The first step: every way to the Internet that was found, and what to do where one is missing. */
import { css, html, nothing } from 'lit'
import type { LineSearch } from '../../../model/published/found-line.ts'
import { cardStyles, type Tone } from '../frame/card-styles.ts'
import { type IconName, icon } from '../frame/icon.ts'
import { given } from '../frame/page-part.ts'
import { GuidePart } from './guide-part.ts'
import { guideStyles } from './guide-styles.ts'
import { type LineView, linesVerdict, lineViews } from './line-views.ts'

const toneIcons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  notice: 'warning',
  bad: 'cross',
  neutral: 'dots',
}

export class FindStep extends GuidePart {
  @given search!: LineSearch | null
  /** Why there is no search, in a sentence. */
  @given trouble: string | null = null
  /** There is something to go on with. */
  @given canGoOn = false

  static override styles = [
    cardStyles,
    guideStyles,
    css`
      .lines {
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr));
      }
      .status {
        display: flex;
        gap: 8px;
        margin-top: 6px;
      }
      .status strong {
        font-weight: 500;
        color: var(--text);
      }
      .status .icon {
        margin-top: 2px;
      }
      progress {
        width: min(100%, 320px);
        accent-color: var(--accent);
      }
    `,
  ]

  protected override render() {
    const t = this.guide.find
    const isSearching = this.search?.state !== 'done' && this.trouble === null
    const voice = { guide: this.guide, formats: this.voice.formats }
    const lines = lineViews(this.search?.lines ?? [], voice)
    return html`<section class="card" aria-labelledby="find" aria-busy=${isSearching}>
      <h2 id="find" tabindex="-1">${t.heading}</h2>
      <p class="quiet intro">${t.intro}</p>
      <div class="part">
        <div class="wide" role="status">${this.#outcome(isSearching)}</div>
        ${isSearching ? html`<progress aria-label=${t.searching}></progress>` : nothing}
        <ul class="boxes lines wide">
          ${lines.map((line) => this.#line(line))}
        </ul>
        ${(this.search?.notes ?? []).map(
          (note) => html`<p class="quiet small" lang="en">${note}</p>`,
        )}
      </div>
      ${this.#help()}
      <div class="choices">
        <button type="button" ?disabled=${!this.canGoOn} @click=${() => this.#say('next')}>
          ${this.guide.next}
        </button>
        <button
          type="button"
          class="plain"
          ?disabled=${isSearching}
          @click=${() => this.#say('again')}
        >
          ${t.again}
        </button>
      </div>
    </section>`
  }

  /** It is read out: each line that comes, and what all of them come to. */
  #outcome(isSearching: boolean) {
    const t = this.guide.find
    if (this.trouble !== null) return note('bad', this.trouble)
    const verdict = this.search === null ? null : linesVerdict(this.search, this.guide)
    if (isSearching || verdict === null) return html`<p class="quiet">${t.searching}</p>`
    return note(verdict.tone, verdict.text)
  }

  #line({ title, tone, status, relation, configured, facts }: LineView) {
    return html`<li>
      <h3>${title}</h3>
      <p class="status ${tone}">
        ${icon(toneIcons[tone])}
        <span
          ><strong>${status}</strong>
          ${relation === null ? nothing : html`<span class="quiet small">${relation}</span>`}</span
        >
      </p>
      ${configured === null ? nothing : html`<p class="small">${configured}</p>`}
      <dl class="facts">
        ${facts.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}
      </dl>
    </li>`
  }

  #help() {
    const verdict = this.search === null ? null : linesVerdict(this.search, this.guide)
    if (verdict?.needsHelp !== true) return nothing
    const { heading, power, cable, phone, stick, again } = this.guide.find.help
    return html`<div class="part">
      <h3>${heading}</h3>
      <ul class="bullets">
        ${[power, cable, stick, phone].map((text) => html`<li>${text}</li>`)}
      </ul>
      <p>${again}</p>
    </div>`
  }

  #say(what: 'next' | 'again'): void {
    this.dispatchEvent(new CustomEvent(what))
  }
}

function note(tone: Tone, text: string) {
  return html`<p class="verdict ${tone}">${icon(toneIcons[tone])}<span>${text}</span></p>`
}

customElements.define('find-step', FindStep)
