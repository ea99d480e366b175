/**
 * The daemon, from its start to TERM. It never ends because of options or host: it observes, says
 * what is wrong, and begins anew in this process once that is mended.
 */
import { holdControlSocket } from '../../control/control-socket.ts'
import { newKey } from '../../control/page-key.ts'
import type { Daemon } from '../../daemon/daemon.ts'
import type { EventQueue } from '../../daemon/event-queue.ts'
import { absentKernel } from '../../kernel/absent-kernel.ts'
import { createKernel } from '../../kernel/linux-kernel.ts'
import type { Kernel } from '../../kernel/port.ts'
import { missingPrivileges } from '../../kernel/privileges.ts'
import { pinoLog } from '../../logging/pino-log.ts'
import { messageOf } from '../../model/caught-error.ts'
import type { Log } from '../../model/log.ts'
import { probeMark } from '../../model/marks.ts'
import { checkMarks } from '../../probe/sockets/mark-check.ts'
import { describeMissing } from '../../report/privileges.ts'
import type { Arguments } from '../arguments.ts'
import { openDesk } from '../options-desk/open-desk.ts'
import { buildDaemon, type Surroundings } from './build-daemon.ts'
import { findResolvers } from './find-resolvers.ts'
import { OptionsKeeper, refusals } from './options-keeper.ts'
import { tellSystemd } from './tell-systemd.ts'

/** Runs until TERM or INT, then 0; 1 where another one already runs here. */
export async function run(wanted: Arguments): Promise<number> {
  const log = pinoLog('info', wanted.logFormat)
  const life = new Life()
  const holding = await holdControlSocket(() => life.answer())
  if (holding.kind === 'refused') {
    log.error(holding.reason)
    return 1
  }
  life.heedSignals(log)
  const audiences = tellSystemd(log)
  const { optionsPath: path, dataFolder: folder } = wanted
  const desk = openDesk(wanted, log)
  const keeper = new OptionsKeeper({ path, folder, log, areOnTrial: () => desk.areOnTrial })
  const lasting = { folder, pageKey: newKey(), audiences, desk }
  try {
    while (!life.isOver || life.isHandingOver) {
      await liveOnce(life, keeper, { ...lasting, format: wanted.logFormat, log })
    }
    return 0
  } finally {
    desk.close()
    for (const audience of audiences) await audience.close()
    await holding.release()
  }
}

interface Lasting extends Omit<Surroundings, 'kernel'> {
  readonly format: Arguments['logFormat']
}

/** From the options as they stand until others are to be taken, or the end. */
async function liveOnce(life: Life, keeper: OptionsKeeper, lasting: Lasting): Promise<void> {
  const found = await findKernel(lasting.log)
  const chosen = keeper.take(await found.kernel.read())
  const log = pinoLog(chosen.settings.logLevel, lasting.format)
  const obstacles = [...found.obstacles, ...chosen.obstacles]
  const { kernel } = found
  const { built, queue } = buildDaemon({ ...chosen, obstacles }, { ...lasting, kernel, log })
  life.begins(built, queue)
  const finder = findResolvers((resolvers) => queue.push({ kind: 'resolvers', resolvers }))
  const unattend = lasting.desk.attend({
    refusals: async (settings) => refusals(settings, await kernel.read()),
    tell: (change) => {
      queue.push({ kind: 'options_change', change })
      // Once they are confirmed they are the last right ones.
      life.onReload()
    },
  })
  const unwatch = watchOptions({ keeper, kernel, queue, log, life })
  try {
    await built.run()
  } finally {
    unattend()
    unwatch()
    finder.close()
  }
}

/** What this process may and can do; nothing has been touched yet. */
async function findKernel(log: Log): Promise<{ kernel: Kernel; obstacles: readonly string[] }> {
  try {
    return { kernel: await createKernel({ log }), obstacles: lackingToStart() }
  } catch (error) {
    return { kernel: absentKernel, obstacles: [messageOf(error)] }
  }
}

function lackingToStart(): readonly string[] {
  const lacking = describeMissing(missingPrivileges())
  if (lacking !== null) return [lacking]
  const marks = checkMarks(probeMark(0))
  return marks.kind === 'not_settable' ? [marks.reason] : []
}

interface Watching {
  readonly keeper: OptionsKeeper
  readonly kernel: Kernel
  readonly queue: EventQueue
  readonly log: Log
  readonly life: Life
}

/** Looks at the options when they change and at HUP; while they are wrong, now and then too. */
function watchOptions({ keeper, kernel, queue, log, life }: Watching): () => void {
  let isOver = false
  const beginAnew = (leave: 'standing' | 'clean'): void => {
    isOver = true
    life.isHandingOver = leave === 'standing'
    queue.push({ kind: 'stop', leave })
  }
  const look = async (): Promise<void> => {
    if (kernel === absentKernel && (await canRead(log))) beginAnew('standing')
    const host = await kernel.read()
    if (isOver) return
    const next = keeper.reconsider(host)
    if (next.kind === 'notice') queue.push({ kind: 'options_notice', notice: next.notice })
    if (next.kind !== 'anew') return
    log.info('there are other options to go by: beginning anew')
    beginAnew(next.leave)
  }
  const lookNow = (): void => {
    look().catch((error: unknown) => log.warn(`can't look at the options: ${messageOf(error)}`))
  }
  const unwatch = keeper.watch(lookNow)
  life.onReload = lookNow
  const timer = setInterval(() => {
    if (!keeper.isContent || kernel === absentKernel) lookNow()
  }, lookEveryMs)
  return () => {
    isOver = true
    unwatch()
    clearInterval(timer)
    life.onReload = () => {}
  }
}

async function canRead(log: Log): Promise<boolean> {
  const { kernel } = await findKernel(log)
  await kernel.close()
  return kernel !== absentKernel
}

/** What outlives the options: who is running now, and whether it is to end. */
class Life {
  isOver = false
  /** Rules stand that the next daemon has to adopt, be it only to take them away. */
  isHandingOver = false
  /** At HUP. */
  onReload: () => void = () => {}
  #daemon: Daemon | null = null
  #queue: EventQueue | null = null

  begins(daemon: Daemon, queue: EventQueue): void {
    this.#daemon = daemon
    this.#queue = queue
    this.isHandingOver = false
    if (this.isOver) queue.push({ kind: 'stop' })
  }

  answer() {
    return {
      turning: this.#daemon?.loopIsAlive() ?? true,
      snapshot: this.#daemon?.snapshot() ?? null,
    }
  }

  heedSignals(log: Log): void {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        log.info(`stopping (${signal})`)
        this.isOver = true
        this.#queue?.push({ kind: 'stop' })
      })
    }
    process.on('SIGHUP', () => this.onReload())
  }
}

const lookEveryMs = 30_000
