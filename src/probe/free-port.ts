/** The port that a question leaves from: whoever guesses answers must not know it. */
import { randomInt } from 'node:crypto'

export interface PortRange {
  readonly first: number
  readonly last: number
}

/** Any of the range's ports with the same chance, or null where none is left. */
export function freePort(
  { first, last }: PortRange,
  isTaken: (port: number) => boolean,
): number | null {
  const free: number[] = []
  for (let port = first; port <= last; port += 1) if (!isTaken(port)) free.push(port)
  return free[randomInt(Math.max(1, free.length))] ?? null
}
