/** Repeating a measurement: some runs in one setting, then a fresh one. */
import type { BenchSettings } from './bench-settings.ts'

/**
 * The daemon lets five flaps in an hour pass before it lengthens the hold-down, so no daemon of
 * the bench lives to see a sixth: its flap memory goes with it and its data folder.
 */
const runsPerDaemon = 5

export interface Block {
  readonly first: number
  readonly count: number
}

export interface Runs<T> {
  readonly done: readonly T[]
  readonly failures: readonly string[]
}

export interface Measurement<S extends AsyncDisposable, T> {
  readonly name: string
  readonly open: () => Promise<S>
  /** A run that isn't what it claims throws; nothing is known of its setting after that. */
  readonly measure: (setting: S, run: number) => Promise<T>
  readonly describe: (done: T) => string
}

export function blocksOf(runs: number): Block[] {
  const count = Math.ceil(runs / runsPerDaemon)
  return Array.from({ length: count }, (_, index) => {
    const first = index * runsPerDaemon
    return { first, count: Math.min(runsPerDaemon, runs - first) }
  })
}

/** Block after block; by default so many runs in each as one daemon may see. */
export async function measureBlocks<S extends AsyncDisposable, T>(
  measurement: Measurement<S, T>,
  settings: Pick<BenchSettings, 'progress' | 'runs'>,
  blocks = blocksOf(settings.runs),
): Promise<Runs<T>> {
  const parts: Runs<T>[] = []
  for (const block of blocks) parts.push(await measureBlock(block, measurement, settings))
  return joinRuns(parts)
}

/** Each run is counted, once: as done or as failed. */
export async function measureBlock<S extends AsyncDisposable, T>(
  { first, count }: Block,
  { name, open, measure, describe }: Measurement<S, T>,
  { progress, runs }: Pick<BenchSettings, 'progress' | 'runs'>,
): Promise<Runs<T>> {
  const done: T[] = []
  const failures: string[] = []
  while (done.length + failures.length < count) {
    const label = () => `${name} ${first + done.length + failures.length + 1}/${runs}`
    try {
      await using setting = await open()
      while (done.length + failures.length < count) {
        const before = label()
        const measured = await measure(setting, first + done.length + failures.length)
        done.push(measured)
        progress(`${before}: ${describe(measured)}`)
      }
    } catch (error) {
      progress(`${label()}: failed, ${messageOf(error)}`)
      failures.push(messageOf(error))
    }
  }
  return { done, failures }
}

export function joinRuns<T>(parts: readonly Runs<T>[]): Runs<T> {
  return {
    done: parts.flatMap(({ done }) => done),
    failures: parts.flatMap(({ failures }) => failures),
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
