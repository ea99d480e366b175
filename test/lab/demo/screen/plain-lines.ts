/** The demo without a terminal: the lines that tell what is new since the state before. Pure. */
import type { DemoState } from '../demo-state.ts'
import { resultLine } from './summary.ts'

export function plainLines(before: DemoState | null, now: DemoState): string[] {
  const events = now.events.slice(before?.events.length ?? 0)
  const results = now.results.slice(before?.results.length ?? 0)
  const { number, of, title, sentence } = now.chapter
  const told = before?.chapter.sentence === sentence && before.chapter.number === number
  const news = [
    ...events.map((event) => `event: ${event}`),
    ...results.map((result) => `${result.ok ? 'ok' : 'FAILED'}: ${resultLine(result)}`),
    ...(told ? [] : [`${number} of ${of}, ${title}: ${sentence}`]),
  ]
  const at = `[${(now.elapsedMs / 1000).toFixed(1).padStart(5)} s]`
  return news.map((line) => `${at} ${line}`)
}
