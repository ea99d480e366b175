/**
 * Latency and loss over time, and the same as a table that anyone can read. A chart must never show
 * a line where nothing was measured, nor tell lines apart by colour alone.
 */
import { css, html, nothing, type PropertyValues } from 'lit'
import type { HistoryAnswer, PastEvent } from '../../../model/published/history.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { given, own, PagePart } from '../frame/page-part.ts'
import { rangeHead } from '../frame/range-head.ts'
import { getHistory } from '../live/api.ts'
import type { HistoryRange } from '../live/history-range.ts'
import { Pace } from '../live/pace.ts'
import { lineStyles } from './line-styles.ts'
import './time-chart.ts'
import { type Figure, lineSummaries } from './chart-data.ts'

/** How often it fetches the history: about as often as a new slot shows. */
const refreshMs: Readonly<Record<HistoryRange, number>> = {
  hour: 10_000,
  day: 60_000,
  month: 600_000,
}

export class HistoryCharts extends PagePart {
  @given names: readonly string[] = []
  @given nowMs!: number
  /** After each one it fetches the history again, because something has happened. */
  @given heard!: readonly PastEvent[]
  @own range: HistoryRange = 'hour'
  @own history: HistoryAnswer | null = null
  @own failed = false
  readonly #pace = new Pace()

  static override styles = [
    cardStyles,
    css`
      table {
        width: 100%;
        border-collapse: collapse;
        margin-top: 16px;
        font-size: 0.9375rem;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        text-align: right;
        padding: 6px 0 6px 10px;
        border-top: 1px solid var(--divider);
        font-weight: 400;
      }
      td {
        white-space: nowrap;
      }
      thead th {
        border-top: 0;
        color: var(--text-quiet);
        font-size: 0.8125rem;
      }
      th:first-child {
        text-align: left;
        padding-left: 0;
        overflow-wrap: anywhere;
      }
      .swatch {
        width: 26px;
        height: 8px;
        margin-right: 8px;
        vertical-align: middle;
      }
      .empty {
        padding: 48px 0;
        text-align: center;
      }
    `,
  ]

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('range') || changed.has('heard')) this.#pace.hurry()
    if (document.hidden) return
    if (this.#pace.isDue(this.nowMs, refreshMs[this.range])) void this.#ask()
  }

  async #ask(): Promise<void> {
    const { range } = this
    const answer = await getHistory(range, this.nowMs)
    if (range !== this.range) return
    this.failed = answer.kind === 'failed'
    if (answer.kind === 'ok') this.history = answer.value
  }

  protected override render() {
    const t = this.voice.texts.charts
    return html`<section class="card" aria-labelledby="quality">
      ${rangeHead({ id: 'quality', texts: t, range: this.range, choose: this.#choose })}
      ${this.failed ? html`<p class="notice small" role="status">${t.failed}</p>` : nothing}
      ${this.history === null ? html`<div class="empty"></div>` : this.#charts(this.history)}
    </section>`
  }

  #charts(history: HistoryAnswer) {
    const t = this.voice.texts.charts
    if (!this.names.some((name) => (history.wans[name]?.at.length ?? 0) > 0)) {
      return html`<p class="empty quiet">${t.empty}</p>`
    }
    const chart = (figure: Figure, heading: string) => html`<time-chart
      .heading=${heading}
      .history=${history}
      .names=${this.names}
      .figure=${figure}
      .voice=${this.voice}
    ></time-chart>`
    return html`
      ${chart('latency_ms', t.latency)} ${chart('loss_percent', t.loss)} ${this.#table(history)}
    `
  }

  #table(history: HistoryAnswer) {
    const { texts, formats } = this.voice
    const t = texts.charts
    const sidesteps = history.sidesteps.reduce((sum, { count }) => sum + count, 0)
    const rows = lineSummaries(history, this.names)
    return html`<table>
        <caption class="hidden-text">
          ${t.summary}
        </caption>
        <thead>
          <tr>
            ${[t.line, t.typical, t.highest, t.meanLoss, t.timeDown].map(
              (head) => html`<th scope="col">${head}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row, index) => html`<tr>
              <th scope="row">${swatch(index)}${row.name}</th>
              <td>${formats.milliseconds(row.typicalMs)}</td>
              <td>${formats.milliseconds(row.highestMs)}</td>
              <td>${formats.percent(row.meanLossPercent)}</td>
              <td>${row.downMs === 0 ? t.never : formats.roughly(row.downMs)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
      ${
        rows.some(({ downMs }) => downMs > 0)
          ? html`<p class="quiet small">${t.shaded}</p>`
          : nothing
      }
      ${
        sidesteps === 0
          ? nothing
          : html`<p class="quiet small sidesteps">${t.sidesteps(sidesteps)}</p>`
      }`
  }

  readonly #choose = (range: HistoryRange): void => {
    this.range = range
  }
}

/** The colour and the dashes of a line, as the charts draw it. */
function swatch(index: number) {
  const { variable, dash } = lineStyles(index)
  return html`<svg class="swatch ${variable}" viewBox="0 0 26 8" aria-hidden="true">
    <path
      d="M0 4H26"
      fill="none"
      stroke="var(--${variable})"
      stroke-width="2.5"
      stroke-dasharray=${dash.join(' ')}
    ></path>
  </svg>`
}

customElements.define('history-charts', HistoryCharts)
