/** What happened, newest first, with reasons and durations. */
import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { PastEvent } from '../../../model/published/history.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { icon } from '../frame/icon.ts'
import { given, own, PagePart } from '../frame/page-part.ts'
import { rangeHead } from '../frame/range-head.ts'
import { rangeMs } from '../live/history-range.ts'
import { type EventView, eventViews } from './event-views.ts'
import { reportLinks } from './report-links.ts'

type Range = 'day' | 'month'

/** A line that flaps for a month must not make an endless list. */
const shownAtFirst = 8
const shownMore = 40

export class EventTimeline extends PagePart {
  @given events: readonly PastEvent[] = []
  @given nowMs!: number
  @own range: Range = 'day'
  @own most = shownAtFirst

  static override styles = [
    cardStyles,
    css`
      li {
        display: grid;
        grid-template-columns: 32px minmax(0, 1fr);
        gap: 0 12px;
        position: relative;
        padding-bottom: 18px;
      }
      li:not(:last-child)::before {
        content: '';
        position: absolute;
        left: 15px;
        top: 34px;
        bottom: 2px;
        width: 2px;
        background: var(--divider);
      }
      .disc {
        width: 32px;
        height: 32px;
      }
      .title {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
        justify-content: space-between;
        padding-top: 4px;
      }
      .title h3 {
        overflow-wrap: anywhere;
        min-width: 0;
      }
      p {
        overflow-wrap: anywhere;
      }
      .reports {
        margin-top: 8px;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
      }
      .reports a {
        color: var(--accent-text);
        padding: 4px 0;
      }
      .empty {
        padding: 24px 0;
        text-align: center;
      }
    `,
  ]

  protected override render() {
    const { texts } = this.voice
    const t = texts.timeline
    const fromMs = this.nowMs - rangeMs[this.range]
    const views = eventViews({ ...this.voice, events: this.events, fromMs, nowMs: this.nowMs })
    const left = views.length - this.most
    return html`<section class="card" aria-labelledby="events">
      ${rangeHead({ id: 'events', texts: t, range: this.range, choose: this.#choose })}
      ${views.length === 0 ? html`<p class="empty quiet">${t.empty}</p>` : nothing}
      <ol>
        ${repeat(views.slice(0, this.most), ({ key }) => key, row)}
      </ol>
      ${
        left > 0
          ? html`<button type="button" class="plain" @click=${this.#showMore}>
              ${t.more(Math.min(left, shownMore))}
            </button>`
          : nothing
      }
      <p class="quiet small reports">
        ${t.report}
        ${reportLinks(this.nowMs, this.voice.formats.language).map(
          ({ href, label }) => html`<a href=${href} download>${label}</a>`,
        )}
      </p>
    </section>`
  }

  readonly #choose = (range: Range): void => {
    this.range = range
    this.most = shownAtFirst
  }

  #showMore(): void {
    this.most += shownMore
  }
}

function row(event: EventView) {
  return html`<li>
    <span class="disc tinted ${event.tone}">${icon(event.icon)}</span>
    <div>
      <div class="title">
        <h3>${event.title}</h3>
        <span class="quiet small" title=${event.precisely}>${event.when}</span>
      </div>
      <p class="quiet small" lang="en">${event.reason}</p>
      ${
        event.figures.length === 0
          ? nothing
          : html`<p class="small figures">${event.figures.join(' · ')}</p>`
      }
    </div>
  </li>`
}

customElements.define('event-timeline', EventTimeline)
