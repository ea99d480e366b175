import { holdControlSocket } from '../../control/control-socket.ts'
import { everyAudience } from '../../daemon/audiences.ts'
import { Daemon } from '../../daemon/daemon.ts'
import { EventQueue } from '../../daemon/event-queue.ts'
import { dataFolder } from '../../daemon/memory/data-folder.ts'
import { systemClock } from '../../daemon/system-clock.ts'
import { createKernel } from '../../kernel/linux-kernel.ts'
import type { Kernel } from '../../kernel/port.ts'
import { missingPrivileges } from '../../kernel/privileges.ts'
import { pinoLog } from '../../logging/pino-log.ts'
import type { CommandListener } from '../../model/audience.ts'
import type { Log } from '../../model/log.ts'
import { probeMark } from '../../model/marks.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { foreignRoutes } from '../../network/obstacles.ts'
import { createProber, probedWans } from '../../probe/prober.ts'
import { checkMarks } from '../../probe/sockets/mark-check.ts'
import { describeForeignRoutes } from '../../report/hand-over.ts'
import { describeMissing } from '../../report/privileges.ts'
import { everyConcern } from '../../turn/every-concern.ts'
import { type Arguments, complain } from '../arguments.ts'
import { ownVersion } from '../own-version.ts'
import { readOptions } from '../read-options.ts'
import { connectHomeAssistant } from './connect-home-assistant.ts'
import { findResolvers } from './find-resolvers.ts'
import { openWebPage } from './open-web-page.ts'
import { tellSystemd } from './tell-systemd.ts'

/**
 * The daemon: runs until TERM or INT, then 0; 1 where it may not or can't start, 78 where only other
 * options would help (EX_CONFIG of sysexits.h: systemd then doesn't try again).
 */
export async function run(wanted: Arguments): Promise<number> {
  const options = readOptions(wanted.optionsPath)
  if (options.kind === 'invalid') {
    for (const line of options.lines) complain(line)
    return wrongOptions
  }
  const { settings } = options
  const log = pinoLog(settings.logLevel, wanted.logFormat)
  for (const warning of options.warnings) log.warn(warning)
  const lacking = lackingToStart()
  if (lacking !== null) return refuse(log, lacking)
  let daemon: Daemon | null = null
  const holding = await holdControlSocket(() => ({
    turning: daemon?.loopIsAlive() ?? true,
    snapshot: daemon?.snapshot() ?? null,
  }))
  if (holding.kind === 'refused') return refuse(log, holding.reason)
  try {
    const kernel = await createKernel({ log })
    const foreign = await foreignTables(settings, kernel)
    if (foreign !== null) {
      await kernel.close()
      return refuse(log, foreign)
    }
    const { built, queue } = build(settings, { kernel, log, folder: wanted.dataFolder })
    daemon = built
    stopOnSignals(queue, log)
    const finder = findResolvers((resolvers) => queue.push({ kind: 'resolvers', resolvers }))
    await daemon.run()
    finder.close()
    return 0
  } finally {
    await holding.release()
  }
}

const wrongOptions = 78

function refuse(log: Log, reason: string): number {
  log.error(reason)
  return 1
}

/** What this process may not do; nothing has been touched yet. */
function lackingToStart(): string | null {
  const lacking = describeMissing(missingPrivileges())
  if (lacking !== null) return lacking
  const marks = checkMarks(probeMark(0))
  return marks.kind === 'not_settable' ? marks.reason : null
}

/** Tables of ours that hold routes of others; nothing has been touched yet. */
async function foreignTables(settings: Settings, kernel: Kernel): Promise<string | null> {
  const tables = settings.wans.map(({ table }) => table)
  const foreign = foreignRoutes(tables, await kernel.read())
  return foreign.length === 0 ? null : describeForeignRoutes(foreign)
}

interface Surroundings {
  readonly kernel: Kernel
  readonly log: Log
  /** null: nothing outlives a restart. */
  readonly folder: string | null
}

function build(settings: Settings, { kernel, log, folder }: Surroundings) {
  const version = ownVersion()
  const queue = new EventQueue(systemClock)
  const prober = createProber({
    wans: probedWans(settings),
    settings: settings.probe,
    log,
    listener: (result) => queue.push({ kind: 'probe', result }),
    onForged: (forged) => queue.push({ kind: 'forged_answers', forged }),
  })
  const onCommand: CommandListener = (command) => queue.push({ kind: 'command', command })
  const onProblem = (problem: string | null) => queue.push({ kind: 'foreign_problem', problem })
  const home = connectHomeAssistant({ settings, version, log, onCommand, onProblem })
  const clock = systemClock
  let built: Daemon | null = null
  const page = { settings, version, clock, log, dataFolder: folder, onCommand }
  const pages = openWebPage({ ...page, daemon: () => built })
  const audience = everyAudience([home, ...pages, ...tellSystemd(log)])
  const memory = dataFolder(folder, log)
  const concerns = everyConcern({ settings, book: memory.loadBook(), log })
  const ports = { clock, kernel, prober, audience, memory, log, queue }
  built = new Daemon({ settings, version, concerns, ...ports })
  return { built, queue }
}

function stopOnSignals(queue: EventQueue, log: Log): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info(`stopping (${signal})`)
      queue.push({ kind: 'stop' })
    })
  }
}
