import { inspect } from 'node:util'

export interface WaitOptions {
  readonly deadlineMs: number
  /** Completes the sentence "waited … ms for …". */
  readonly what: string
  /** Pause between two looks; default 5 ms. */
  readonly everyMs?: number
}

/**
 * Resolves with the condition's first truthy value. A condition that throws counts as not yet
 * true. After the deadline it rejects, naming what was waited for and what the last look gave.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { deadlineMs, what, everyMs = 5 }: WaitOptions,
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const giveUpAt = performance.now() + deadlineMs
  for (;;) {
    let last: unknown
    let thrown = false
    try {
      const value = await condition()
      if (value) return value as Exclude<T, undefined | null | false | 0 | ''>
      last = value
    } catch (error) {
      last = error
      thrown = true
    }
    if (performance.now() >= giveUpAt) {
      const saw = thrown ? 'the last look failed' : `last seen: ${inspect(last, { depth: 4 })}`
      throw new Error(`waited ${deadlineMs} ms for ${what}; ${saw}`, { cause: last })
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
