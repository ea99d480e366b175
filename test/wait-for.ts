/** The one way in which tests wait: for a condition, up to a deadline. */
import { inspect } from 'node:util'

export interface WaitOptions {
  /** What should come to be; it stands in the error where it doesn't. */
  readonly what: string
  /** Default 8 s, which a busy machine needs to bring a broker and its clients together. */
  readonly deadlineMs?: number
  /** Pause between two looks; default 5 ms. */
  readonly everyMs?: number
}

/**
 * Resolves with the condition's first truthy value. A condition that throws counts as not yet
 * true. After the deadline it rejects, naming what was waited for and what the last look gave.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { what, deadlineMs = 8_000, everyMs = 5 }: WaitOptions,
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
      throw new Error(`not within ${deadlineMs} ms: ${what}; ${saw}`, { cause: last })
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
