/** What the programs behind an Agent share: one JSON argument, and a line of words to report. */

export function agentOptions<Options>(): Options {
  return JSON.parse(process.argv[2] ?? '') as Options
}

/** Says that the program is ready; from now on it ends with its standard input. */
export function begin(): void {
  process.stdin.resume().on('end', () => process.exit(0))
  report('ready')
}

export function report(...words: readonly (string | number | undefined)[]): void {
  process.stdout.write(`${words.join(' ')}\n`)
}
