/** The command line, taken apart; each command uses what concerns it. */
export interface Arguments {
  readonly optionsPath: string
  /** What the options are a copy of, which somebody else renews; null: they are no copy. */
  readonly copyOf: string | null
  /** null: nothing outlives a restart. */
  readonly dataFolder: string | null
  readonly logFormat: 'text' | 'json' | 'journal'
  readonly down: readonly string[]
  readonly suspect: readonly string[]
  readonly json: boolean
  readonly from: string | null
  readonly to: string | null
  readonly protocol: string | null
  readonly port: string | null
}

/** Standard output, a line. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Standard error, a line. */
export function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}
