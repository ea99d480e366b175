/** Tables of wrong options: text in, the printed problems out. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseOptions } from '../../src/options/parse-options.ts'
import { formatProblems } from '../../src/options/problem.ts'

/** What is wrong, the options, and every line that must be printed, in order. */
export type Row = readonly [what: string, text: string, ...printed: string[]]

/** The beginning of options with two sound WANs. */
export const two = `
wans:
  - { name: primary, gateway: 192.168.0.1 }
  - { name: secondary, gateway: 192.168.0.2 }
`

export function testRefused(section: string, rows: readonly Row[]): void {
  describe(`refused: ${section}`, () => {
    for (const [what, text, ...printed] of rows) {
      test(what, () => assert.deepEqual(problemsOf(text), printed))
    }
  })
}

/** Empty where the options are sound. */
export function problemsOf(text: string): string[] {
  const parsed = parseOptions(text)
  return parsed.kind === 'invalid' ? formatProblems(parsed.problems) : []
}
