import { parseArgs } from 'node:util'
import { messageOf } from '../../../src/model/caught-error.ts'
import type { Kind } from './play-seed.ts'

export interface Wanted {
  readonly kinds: readonly Kind[]
  /** null: new random ones. */
  readonly seed: number | null
  readonly lengthMs: (kind: Kind) => number
  /** How long new seeds are begun; each kind of several has its part of it. */
  readonly forMs: number
  /** So many virtual days of each kind instead, however long they take; null: as long as `forMs`. */
  readonly days: number | null
  readonly workers: number
}

export const usage = `npm run simulate -- [--whole | --turns] [--seed N] [--hours H] [--minutes M | --days D] [--workers N]
  --whole      only the whole daemon, on a kernel in memory
  --turns      only its turns, which are quicker; default: both, one after the other
  --seed N     this seed and no other; default: new random ones
  --hours H    the virtual hours that each seed is played; default a third of one, and a day of turns
  --minutes M  how long new seeds are begun, in real time; default 1
  --days D     new seeds until so many virtual days are played, however long it takes
  --workers N  how many play at once; default 1
`

/** A text says what is wrong. */
export function readArguments(args: readonly string[]): Wanted | string {
  try {
    return read(args)
  } catch (error) {
    return messageOf(error)
  }
}

function read(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      whole: { type: 'boolean', default: false },
      turns: { type: 'boolean', default: false },
      seed: { type: 'string' },
      hours: { type: 'string' },
      minutes: { type: 'string' },
      days: { type: 'string' },
      workers: { type: 'string' },
    },
  })
  const { whole, turns } = values
  const both = whole === turns
  const kinds = [
    ...(both || whole ? ['whole' as const] : []),
    ...(both || turns ? ['turns' as const] : []),
  ]
  const seed = values.seed === undefined ? null : numberOf('seed', values.seed)
  const hours = values.hours === undefined ? null : numberOf('hours', values.hours)
  if (seed !== null && !Number.isInteger(seed)) throw new Error('--seed wants a whole number')
  const workers = numberOf('workers', values.workers ?? '1')
  if (!Number.isInteger(workers)) throw new Error('--workers wants a whole number')
  return {
    ...{ kinds, seed, workers },
    lengthMs: (kind) => Math.round((hours ?? usualHours[kind]) * hourMs),
    days: values.days === undefined ? null : numberOf('days', values.days),
    forMs: numberOf('minutes', values.minutes ?? '1') * 60_000,
  }
}

function numberOf(name: string, text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number) && number > 0) return number
  throw new Error(`--${name} wants a number above 0, not ${JSON.stringify(text)}`)
}

/** The last minute of a run is calm, so much shorter ones show little. */
const usualHours: Readonly<Record<Kind, number>> = { whole: 1 / 3, turns: 24 }
const hourMs = 3_600_000
