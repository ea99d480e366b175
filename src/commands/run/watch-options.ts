/** Looks at the options again while a daemon goes by those that were taken; what follows is said to it. */
import type { EventQueue } from '../../daemon/event-queue.ts'
import { absentKernel } from '../../kernel/absent-kernel.ts'
import type { Kernel } from '../../kernel/port.ts'
import { messageOf } from '../../model/caught-error.ts'
import type { Log } from '../../model/log.ts'
import { canRead } from '../find-kernel.ts'
import type { OptionsKeeper } from './options-keeper.ts'

/** Of the daemon that is to end. */
interface Ending {
  /** Rules stand that the next daemon has to adopt. */
  isHandingOver: boolean
  /** At HUP. */
  onReload: () => void
}

interface Watching {
  readonly keeper: OptionsKeeper
  readonly kernel: Kernel
  readonly queue: EventQueue
  readonly log: Log
  readonly life: Ending
}

interface Watched {
  /** Now, whatever the file's time says. */
  readonly look: () => void
  readonly unwatch: () => void
}

/** Looks at the options when they change and at HUP; while they are wrong, now and then too. */
export function watchOptions({ keeper, kernel, queue, log, life }: Watching): Watched {
  const isAbsent = kernel === absentKernel
  let isOver = false
  const anew = (leave: 'standing' | 'clean'): void => {
    isOver = true
    beginAnew(leave, { life, queue })
  }
  const look = async (): Promise<void> => {
    if (isAbsent && (await canRead(log))) anew('standing')
    const host = await kernel.read()
    if (isOver) return
    const next = keeper.reconsider(host)
    if (next.kind === 'notice') queue.push({ kind: 'options_notice', notice: next.notice })
    if (next.kind !== 'anew') return
    log.info('there are other options to go by: beginning anew')
    anew(next.leave)
  }
  let isLooking = false
  let trouble: string | null = null
  const looked = (why: string | null): void => {
    isLooking = false
    // It is tried again each second.
    if (why !== null && why !== trouble) log.warn(`can't look at the options: ${why}`)
    trouble = why
  }
  const lookNow = (): void => {
    // One that is under way reads the file at its end: it sees whatever this one would.
    if (isLooking) return
    isLooking = true
    look().then(
      () => looked(null),
      (error: unknown) => looked(messageOf(error)),
    )
  }
  const unwatch = keeper.watch(lookNow)
  life.onReload = lookNow
  const timer = setInterval(
    () => {
      if (!keeper.isContent || isAbsent) lookNow()
    },
    isAbsent ? lookForKernelMs : lookEveryMs,
  )
  const end = (): void => {
    isOver = true
    unwatch()
    clearInterval(timer)
    life.onReload = () => {}
  }
  return { look: lookNow, unwatch: end }
}

export function beginAnew(
  leave: 'standing' | 'clean',
  { life, queue }: Pick<Watching, 'life' | 'queue'>,
): void {
  life.isHandingOver = leave === 'standing'
  queue.push({ kind: 'stop', leave })
}

const lookEveryMs = 30_000
/** A tool that failed while the machine booted is mostly well soon. */
const lookForKernelMs = 3_000
