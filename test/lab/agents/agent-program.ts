/** What the programs behind an Agent share: one JSON argument, and a line of words to report. */
import { flushCompileCache } from 'node:module'

export function agentOptions<Options>(): Options {
  return JSON.parse(process.argv[2] ?? '') as Options
}

/** Says that the program is ready; from now on it ends with its standard input. */
export function begin(): void {
  process.stdin.resume().on('end', () => process.exit(0))
  reportReady()
}

/**
 * A program that is killed in the end keeps nothing of what Node has stripped and compiled for it:
 * each time it would cost that anew. So it is kept here.
 */
export function reportReady(): void {
  report('ready')
  flushCompileCache()
}

export function report(...words: readonly (string | number | undefined)[]): void {
  process.stdout.write(`${words.join(' ')}\n`)
}
