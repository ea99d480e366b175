/** What was measured, as one line and as the closing table. Pure. */
import type { StepResult } from '../demo-state.ts'

export function resultLine({ step, measured, expected }: StepResult): string {
  return `${step}: ${measured} (expected: ${expected})`
}

/** A table where it fits into `columns`, else a line a step. */
export function summary(results: readonly StepResult[], columns: number): string[] {
  const head = ['step', 'measured', 'expected', 'result']
  const rows = results.map((result) => [
    result.step,
    result.measured,
    result.expected,
    verdict(result),
  ])
  const widths = head.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  )
  const width = widths.reduce((sum, each) => sum + each + 2, -2)
  if (width > columns) {
    return results.map((result) => `${verdict(result)}: ${resultLine(result)}`)
  }
  const text = (row: readonly string[]) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd()
  return [text(head), '─'.repeat(width), ...rows.map(text)]
}

function verdict({ ok }: StepResult): string {
  return ok ? 'ok' : 'failed'
}
