/** The client's answers as a strip of cells, one for each tenth of a second. Pure. */
import type { EchoSample } from '../../measure/echo-stream.ts'
import type { StripCell } from '../demo-state.ts'

const cellMs = 100
/** An answer takes about a millisecond in the lab; one that took this long counts as lost. */
const patienceMs = 150
/** More than a terminal is wide. */
const mostCells = 200

/** Cells stand still in time, so that the strip moves and nothing in it flickers. */
export function answerStrip(samples: readonly EchoSample[], nowMs: number): StripCell[] {
  const newest = Math.floor((nowMs - patienceMs) / cellMs) - 1
  const oldest = newest - mostCells + 1
  const cells = Array<StripCell>(mostCells).fill('nothing sent')
  for (let index = samples.length - 1; index >= 0; index -= 1) {
    const sample = samples[index]
    if (sample === undefined) continue
    const cell = Math.floor(sample.sentMs / cellMs)
    if (cell < oldest) break
    if (cell > newest) continue
    cells[cell - oldest] = joined(cells[cell - oldest] ?? 'nothing sent', sample)
  }
  return cells
}

/** One lost packet is shown, however many others of its cell were answered. */
function joined(cell: StripCell, sample: EchoSample): StripCell {
  if (sample.answer === null || cell === 'lost') return 'lost'
  return cell === 'nothing sent' ? sample.answer.wan : cell
}
