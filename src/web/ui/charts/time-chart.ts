/** One chart by uPlot: a figure of every line over time, gaps as gaps, outages shaded. */
import { css, html, type PropertyValues, unsafeCSS } from 'lit'
import uPlot from 'uplot'
import uPlotStyles from 'uplot/dist/uPlot.min.css'
import type { HistoryAnswer } from '../../../model/published/history.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { given, own, PagePart } from '../frame/page-part.ts'
import { themeChanged } from '../theme.ts'
import { type ChartData, chartData, downSpans, type Figure } from './chart-data.ts'
import { lineStyles } from './line-styles.ts'

/** Thin and short: nobody was offline. */
const sidestepPx = 14
const heightPx: Readonly<Record<Figure, number>> = { latency_ms: 190, loss_percent: 120 }

export class TimeChart extends PagePart {
  @given history!: HistoryAnswer
  @given names!: readonly string[]
  @given heading!: string
  @given figure!: Figure
  @own readout = ''
  #plot: uPlot | null = null
  #drawn = ''

  static override styles = [
    unsafeCSS(uPlotStyles),
    cardStyles,
    css`
      .chart {
        width: 100%;
        overflow: hidden;
      }
      .about {
        display: flex;
        flex-wrap: wrap;
        gap: 0 16px;
        justify-content: space-between;
        align-items: baseline;
        margin-top: 12px;
        color: var(--text-quiet);
      }
      h3 {
        font-size: 0.875rem;
      }
      .readout {
        min-height: 1.5em;
        font-size: 0.8125rem;
        font-variant-numeric: tabular-nums;
      }
    `,
  ]

  readonly #sizes = new ResizeObserver(() => this.#resize())
  readonly #redraw = () => this.#plot?.redraw(false)

  override connectedCallback(): void {
    super.connectedCallback()
    this.#sizes.observe(this)
    window.addEventListener(themeChanged, this.#redraw)
  }

  override disconnectedCallback(): void {
    this.#sizes.disconnect()
    window.removeEventListener(themeChanged, this.#redraw)
    this.#plot?.destroy()
    this.#plot = null
    super.disconnectedCallback()
  }

  /** The table beside the charts says the same to screen readers, which can't read a canvas. */
  protected override render() {
    return html`<div class="about">
        <h3>${this.heading}</h3>
        <span class="readout" aria-hidden="true">${this.readout}</span>
      </div>
      <div class="chart" aria-hidden="true"></div>`
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('history') && !changed.has('names') && !changed.has('voice')) return
    const drawn = JSON.stringify([this.names, this.voice.formats.language])
    const data = aligned(chartData(this.history, this.names, this.figure))
    if (this.#plot !== null && drawn === this.#drawn) {
      this.#plot.setData(data)
      return
    }
    this.#plot?.destroy()
    this.#drawn = drawn
    const place = this.renderRoot.querySelector<HTMLElement>('.chart')
    if (place !== null) this.#plot = new uPlot(this.#options(), data, place)
  }

  #options(): uPlot.Options {
    const quiet = () => this.#colour('text-quiet')
    const grid = { stroke: () => this.#colour('divider'), width: 1 }
    const axis = {
      stroke: quiet,
      grid,
      ticks: { show: false },
      font: '12px Roboto, system-ui, sans-serif',
    }
    return {
      width: Math.max(200, this.clientWidth),
      height: heightPx[this.figure],
      legend: { show: false },
      padding: [8, 8, 0, 0],
      cursor: {
        y: false,
        drag: { x: false, y: false },
        sync: { key: 'history' },
        points: { size: 7 },
      },
      scales: {
        x: { time: true, range: () => [this.history.from / 1000, this.history.to / 1000] },
        y: { range: (_, __, highest) => [0, this.#top(highest)] },
      },
      axes: [
        { ...axis, space: 72, size: 28, values: (_, seconds) => this.#times(seconds) },
        {
          ...axis,
          space: 36,
          size: 44,
          values: (_, values) => values.map((value) => this.voice.formats.number(value)),
        },
      ],
      series: [
        {},
        ...this.names.map((label, index) => {
          const { variable, dash } = lineStyles(index)
          const stroke = () => this.#colour(variable)
          return { label, stroke, width: 2, dash: [...dash], points: { show: false } }
        }),
      ],
      hooks: {
        drawClear: [(plot) => this.#shade(plot)],
        setCursor: [(plot) => this.#read(plot)],
      },
    }
  }

  /** A scale that followed a flat line near zero would make it look dramatic. */
  #top(highest: number | null): number {
    const least = this.figure === 'latency_ms' ? 20 : 10
    const most = this.figure === 'latency_ms' ? Number.POSITIVE_INFINITY : 100
    return Math.min(most, Math.max(least, (highest ?? 0) * 1.15))
  }

  #times(seconds: readonly number[]): string[] {
    const { formats } = this.voice
    const days = this.history.to - this.history.from > 2 * 86_400_000
    return seconds.map((second) =>
      days ? formats.day(second * 1000) : formats.time(second * 1000),
    )
  }

  #shade(plot: uPlot): void {
    const { ctx, bbox } = plot
    const markPx = 4 * devicePixelRatio
    ctx.save()
    for (const [index, name] of this.names.entries()) {
      for (const { from, to } of downSpans(this.history.wans[name], this.history.resolution_s)) {
        const left = Math.max(bbox.left, plot.valToPos(from, 'x', true))
        const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, 'x', true))
        const width = Math.max(2, right - left)
        ctx.fillStyle = this.#colour('outage')
        ctx.fillRect(left, bbox.top, width, bbox.height)
        ctx.fillStyle = this.#colour(lineStyles(index).variable)
        ctx.fillRect(left, bbox.top + bbox.height - markPx * (index + 1), width, markPx)
      }
    }
    ctx.fillStyle = this.#colour('text-quiet')
    for (const { at } of this.history.sidesteps) {
      const left = plot.valToPos(at, 'x', true)
      if (left < bbox.left) continue
      ctx.fillRect(
        left,
        bbox.top + bbox.height - sidestepPx * devicePixelRatio,
        devicePixelRatio,
        sidestepPx * devicePixelRatio,
      )
    }
    ctx.restore()
  }

  #read({ cursor, data }: uPlot): void {
    const index = cursor.idx
    const second = index == null ? undefined : data[0][index]
    if (index == null || second === undefined) {
      this.readout = ''
      return
    }
    const { formats } = this.voice
    const figures = this.names.flatMap((name, line) => {
      const value = data[line + 1]?.[index]
      if (value == null) return []
      const text =
        this.figure === 'latency_ms' ? formats.milliseconds(value) : formats.percent(value)
      return [`${name} ${text}`]
    })
    this.readout = [formats.moment(second * 1000, this.history.to), ...figures].join(' · ')
  }

  #resize(): void {
    const width = Math.max(200, this.clientWidth)
    if (this.#plot !== null && this.#plot.width !== width) {
      this.#plot.setSize({ width, height: heightPx[this.figure] })
    }
  }

  #colour(variable: string): string {
    return getComputedStyle(this).getPropertyValue(`--${variable}`).trim()
  }
}

/** uPlot's types want mutable arrays, though it changes none. */
function aligned({ x, columns }: ChartData): uPlot.AlignedData {
  return [[...x], ...columns.map((column) => [...column])]
}

customElements.define('time-chart', TimeChart)
