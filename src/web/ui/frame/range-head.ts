/** The head of a card that shows one of several spans of time. */
import { html, type TemplateResult } from 'lit'
import type { HistoryRange } from '../live/history-range.ts'
import './segmented-choice.ts'

export interface RangeHead<Range extends HistoryRange> {
  readonly id: string
  readonly texts: {
    readonly heading: string
    readonly rangeLabel: string
    readonly ranges: Readonly<Record<Range, string>>
  }
  readonly range: Range
  readonly choose: (range: Range) => void
}

export function rangeHead<Range extends HistoryRange>(head: RangeHead<Range>): TemplateResult {
  const { id, texts, range, choose } = head
  const choices = Object.entries(texts.ranges).map(([value, text]) => ({ value, text }))
  return html`<div class="head">
    <h2 id=${id}>${texts.heading}</h2>
    <segmented-choice
      .choices=${choices}
      .value=${range}
      .label=${texts.rangeLabel}
      @choose=${({ detail }: CustomEvent<Range>) => choose(detail)}
    ></segmented-choice>
  </div>`
}
