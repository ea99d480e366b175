/** Lines of styled pieces, and the same as text for a terminal of some width. Pure. */
export type Style = 'plain' | 'bold' | 'dim' | 'live' | 'dead' | 'wan1' | 'wan2' | 'lost'

export interface Piece {
  readonly text: string
  readonly style: Style
}

export type Line = readonly Piece[]

/** Select Graphic Rendition, ECMA-48 8.3.117. */
const codes: Readonly<Record<Style, string>> = {
  plain: '',
  bold: '1',
  dim: '2',
  live: '1;32',
  dead: '31',
  wan1: '30;42',
  wan2: '30;46',
  lost: '1;31',
}

export function piece(text: string, style: Style = 'plain'): Piece {
  return { text, style }
}

/** Cut to `columns`; every character counts as one column wide. */
export function lineText(line: Line, { columns, colour }: Surface): string {
  let left = columns
  let text = ''
  for (const { text: wanted, style } of line) {
    const shown = [...printable(wanted)].slice(0, left).join('')
    left -= [...shown].length
    text += colour && shown !== '' && codes[style] !== '' ? coloured(shown, codes[style]) : shown
  }
  return text
}

export interface Surface {
  readonly columns: number
  readonly colour: boolean
}

/** At most `most` lines of at most `columns`; what doesn't fit ends in "…". */
export function wrap(text: string, columns: number, most: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  lines.push(line)
  if (lines.length <= most) return lines
  const last = `${lines[most - 1] ?? ''} …`
  return [...lines.slice(0, most - 1), last.length <= columns ? last : `${last.slice(0, -3)}…`]
}

/** A control character would move the cursor. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?')
}

function coloured(text: string, code: string): string {
  return `\x1b[${code}m${text}\x1b[0m`
}
