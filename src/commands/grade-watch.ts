/**
 * A tool that failed while the daemon started looks like a kernel that can do less. So what is
 * lacking is tried again, at first after seconds, and later seldom, for it may lack for ever.
 */
import type { Kernel } from '../kernel/port.ts'
import { messageOf } from '../model/caught-error.ts'
import type { Capabilities } from '../model/host.ts'
import type { Log } from '../model/log.ts'

export interface GradeWatching {
  readonly kernel: Pick<Kernel, 'capabilities'>
  readonly log: Log
  /** What the daemon goes by; null before it knows. */
  readonly known: () => Capabilities | null
  /** This machine can do more than the daemon knows. */
  readonly onMore: () => void
}

/** Returns what ends it. */
export function watchGrade({ kernel, log, known, onMore }: GradeWatching): () => void {
  let pauseMs = firstPauseMs
  let isOver = false
  const look = async (): Promise<void> => {
    const before = known()
    if (before !== null && lacking(before).length === 0) return
    const now = before === null ? null : await kernel.capabilities()
    if (isOver) return
    if (before !== null && now !== null && canMore(before, now)) onMore()
    else schedule()
  }
  const schedule = (): void => {
    timer = setTimeout(() => {
      look().catch((error: unknown) => {
        log.debug(`trying what this machine can do: ${messageOf(error)}`)
        if (!isOver) schedule()
      })
    }, pauseMs)
    pauseMs = Math.min(2 * pauseMs, longestPauseMs)
  }
  let timer: NodeJS.Timeout | undefined
  schedule()
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

function canMore(before: Capabilities, now: Capabilities): boolean {
  return lacking(before).some((name) => now[name] !== false)
}

/** Of what tools tell; whether it forwards is looked at all the time. */
function lacking({ forwarding, ...tried }: Capabilities): readonly (keyof typeof tried)[] {
  const names = Object.keys(tried) as (keyof typeof tried)[]
  return names.filter((name) => tried[name] === false)
}

const firstPauseMs = 3_000
const longestPauseMs = 600_000
