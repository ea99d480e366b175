/** The one way in which tests wait: for a condition, up to a deadline. */
import { inspect } from 'node:util'

export interface WaitOptions {
  /** What should come to be; it stands in the error where it doesn't. */
  readonly what: string
  /**
   * Default 8 s, which a busy machine needs to bring a broker and its clients together. It is
   * later by what this machine wakes us too late, and by what others have to wait as well.
   */
  readonly deadlineMs?: number
  /** Least pause between two looks, default 5 ms; a look that takes long is repeated less often. */
  readonly everyMs?: number
}

/**
 * Resolves with the condition's first truthy value. A condition that throws counts as not yet
 * true. After the deadline it rejects, naming what was waited for and what the last look gave.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { what, deadlineMs: usualMs = 8_000, everyMs = 5 }: WaitOptions,
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const startedAt = performance.now()
  const deadlineMs = usualMs * slowness
  let lateMs = 0
  for (;;) {
    const lookedAt = performance.now()
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
    const now = performance.now()
    const patienceMs = Math.min(lateMs * othersInLine, (mostPatience - 1) * deadlineMs)
    if (now - startedAt >= deadlineMs + patienceMs) {
      const saw = thrown ? 'the last look failed' : `last seen: ${inspect(last, { depth: 4 })}`
      throw new Error(`not within ${deadlineMs} ms: ${what}; ${saw}`, { cause: last })
    }
    const pauseMs = Math.min(Math.max(everyMs, pausePerLook * (now - lookedAt)), longestPauseMs)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    lateMs += Math.max(0, performance.now() - now - pauseMs - timerSlackMs)
  }
}

/** A processor that is emulated needs so many times as long for each thing. */
const slowness = Number(process.env['WAN_FAILOVER_LAB_SLOWNESS'] || 1)
/** So many programs act one after the other before a test sees what it waits for. */
const othersInLine = 4
const mostPatience = 6
/** A timer of Node's is a millisecond late on any machine. */
const timerSlackMs = 2
/** A look that starts a program takes as much of the machine as what it waits for. */
const pausePerLook = 4
const longestPauseMs = 250
