/**
 * The demo's picture on a terminal: a state becomes as many lines as fit, never more, never wider.
 * Pure: no terminal, no clock.
 */
import type { DemoState, StripCell, WanView } from '../demo-state.ts'
import { picture, pictureColumns } from './picture.ts'
import { type Line, lineText, type Piece, piece, type Style, wrap } from './styled-text.ts'
import { resultLine } from './summary.ts'

export interface FrameOptions {
  readonly columns: number
  readonly rows: number
  readonly colour: boolean
}

const empty: Line = []
/** Rows that a sentence may take; they are kept free so that the rest doesn't jump. */
const sentenceRows = 2
const eventRows = 3

export function frame(state: DemoState, { columns, rows, colour }: FrameOptions): string[] {
  const foot = state.keys === null ? [] : [[piece(` ${state.keys}`, 'bold')]]
  const room = Math.max(0, rows - foot.length)
  const body = fitting(state, columns, room)
  const results = lastResults(state, room - body.length)
  const lines = [...[...body, ...results].slice(0, room), ...foot].slice(0, rows)
  return lines.map((line) => lineText(line, { columns, colour }))
}

/** The fullest body that fits; a picture that is cut says less than none. */
function fitting(state: DemoState, columns: number, room: number): Line[] {
  const [head, tail] = [story(state, columns), happening(state, columns)]
  const withPicture = columns < pictureColumns ? [] : [...head, ...picture(state), empty, ...tail]
  const compact = withPicture.filter((line) => line !== empty)
  const withoutPicture = [...head, ...tail]
  const bodies = [withPicture, compact, withoutPicture].filter((lines) => lines.length > 0)
  const fits = bodies.find((lines) => lines.length <= room)
  return fits ?? withoutPicture.filter((line) => line !== empty)
}

function story(state: DemoState, columns: number): Line[] {
  const { number, of, title, sentence } = state.chapter
  const seconds = (state.elapsedMs / 1000).toFixed(0).padStart(3)
  const left = ` WAN Failover   ${number} of ${of}: ${title} `
  const right = ` daemon ${state.daemonOnline ? 'online' : 'offline'} ${seconds} s`
  return [
    [piece(left, 'bold'), piece(right.padStart(Math.min(columns, 79) - left.length), 'dim')],
    empty,
    ...padded(wrap(sentence, textColumns(columns), sentenceRows), sentenceRows),
    empty,
  ]
}

function happening(state: DemoState, columns: number): Line[] {
  const event = state.events.at(-1) ?? 'nothing happened yet'
  return [
    ...state.wans.map((wan) => wanLine(wan, state)),
    empty,
    legend,
    stripLine(state.strip, columns),
    empty,
    ...padded(wrap(`Newest event: ${event}`, textColumns(columns), eventRows), eventRows),
    empty,
  ]
}

const legend: Line = [
  piece(' The client’s last answers, through WAN '),
  piece('1', 'wan1'),
  piece(' or '),
  piece('2', 'wan2'),
  piece('; '),
  piece('·', 'lost'),
  piece(' is a lost packet:'),
]

function wanLine(wan: WanView, { carrying }: DemoState): Line {
  const latency = wan.latencyMs === null ? '–' : `${wan.latencyMs.toFixed(1)} ms`
  const loss = wan.lossPercent === null ? '–' : `${Math.round(wan.lossPercent)} %`
  return [
    piece(` WAN ${wan.number} `),
    piece(wan.name.padEnd(10), carrying === wan.number ? 'bold' : 'plain'),
    piece(wan.state.padEnd(9), stateStyle(wan)),
    piece(`latency ${latency.padEnd(8)} loss ${loss.padEnd(6)}`),
    piece(carrying === wan.number ? ' in use' : '       ', 'live'),
    piece(wan.cut ? '  upstream silent' : '', 'dead'),
  ]
}

function stateStyle({ state }: WanView): Style {
  switch (state) {
    case 'up':
      return 'live'
    case 'down':
      return 'lost'
    case 'degraded':
      return 'bold'
    case 'unknown':
    case 'disabled':
      return 'dim'
  }
}

function stripLine(strip: readonly StripCell[], columns: number): Line {
  const cells = Math.min(textColumns(columns), 78)
  return [piece(' '), ...strip.slice(-cells).map(cellPiece)]
}

function cellPiece(cell: StripCell): Piece {
  switch (cell) {
    case 1:
      return piece('1', 'wan1')
    case 2:
      return piece('2', 'wan2')
    case 'lost':
      return piece('·', 'lost')
    case 'nothing sent':
      return piece(' ')
  }
}

/** Only whole ones, the newest where not all fit. */
function lastResults({ results }: DemoState, room: number): Line[] {
  if (room <= 0) return []
  return results
    .slice(-room)
    .map((result) => [
      piece(result.ok ? ' ✓ ' : ' ✗ ', result.ok ? 'live' : 'lost'),
      piece(resultLine(result)),
    ])
}

function padded(lines: readonly string[], count: number): Line[] {
  const wanted = [...lines, ...Array<string>(Math.max(0, count - lines.length)).fill('')]
  return wanted.map((text) => [piece(` ${text}`)])
}

/** One column stays free on both sides. */
function textColumns(columns: number): number {
  return Math.max(10, columns - 2)
}
