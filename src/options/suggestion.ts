/**
 * The known word that a misspelt one most likely means; null where none is near: one slip for
 * each three letters, three at most. Upper case and `-` for `_` count as no slip.
 */
export function suggestion(word: string, known: readonly string[]): string | null {
  const typed = plain(word)
  let best: string | null = null
  let bestSlips = Math.min(3, Math.max(1, Math.floor(typed.length / 3))) + 1
  for (const candidate of known) {
    // Words so different in length can't be near, and long ones would cost too much to compare.
    if (Math.abs(candidate.length - typed.length) >= bestSlips) continue
    const slips = countSlips(typed, plain(candidate))
    if (slips < bestSlips) {
      best = candidate
      bestSlips = slips
    }
  }
  return best
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll('-', '_')
}

/**
 * Letters inserted, left out, changed, or swapped with their neighbour: the Damerau-Levenshtein
 * distance in its restricted form ("optimal string alignment"). Written here since it is one
 * recurrence, and a package for it would weigh more than it does.
 */
function countSlips(a: string, b: string): number {
  let twoBack: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const changed = a[row - 1] === b[column - 1] ? 0 : 1
      let slips = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + changed,
      )
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (row > 1 && column > 1 && swapped) slips = Math.min(slips, at(twoBack, column - 2) + 1)
      current.push(slips)
    }
    twoBack = previous
    previous = current
  }
  return at(previous, b.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
