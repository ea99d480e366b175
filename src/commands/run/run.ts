/**
 * The daemon, from its start to TERM. It never ends because of options or host: it observes, says
 * what is wrong, and begins anew in this process once that is mended.
 */
import { holdControlSocket } from '../../control/control-socket.ts'
import { newKey } from '../../control/page-key.ts'
import { socketPlace } from '../../control/socket-place.ts'
import type { Daemon } from '../../daemon/daemon.ts'
import type { EventQueue } from '../../daemon/event-queue.ts'
import { systemClock } from '../../daemon/system-clock.ts'
import { usualBaseUrl } from '../../homeassistant/supervisor/supervisor-api.ts'
import { pinoLog } from '../../logging/pino-log.ts'
import { messageOf } from '../../model/caught-error.ts'
import type { HostState } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { isOurRule } from '../../network/rules/rule-operations.ts'
import { Keepalived } from '../../pair/keepalived.ts'
import { takeAwayLeftovers } from '../../pair/leftovers.ts'
import { openNearAsker } from '../../probe/near-asker.ts'
import type { Arguments } from '../arguments.ts'
import { findKernel } from '../find-kernel.ts'
import { watchGrade } from '../grade-watch.ts'
import type { Desk } from '../options-desk/desk.ts'
import { openDesk } from '../options-desk/open-desk.ts'
import { observeFirst } from '../options-trial/observe-first.ts'
import type { Verdict } from '../options-trial/options-judge.ts'
import { OptionsTrial } from '../options-trial/options-trial.ts'
import { TrialBook } from '../options-trial/trial-book.ts'
import { buildDaemon, type Surroundings } from './build-daemon.ts'
import { findResolvers } from './find-resolvers.ts'
import { OptionsKeeper, refusals } from './options-keeper.ts'
import { tellSystemd } from './tell-systemd.ts'
import { beginAnew, watchOptions } from './watch-options.ts'
import { watchOver } from './watch-over.ts'
import { whoElseHas } from './who-else-has.ts'

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
  const { pairFolder } = socketPlace()
  await takeAwayLeftovers(pairFolder, log)
  const pair = new Keepalived({ folder: pairFolder, log, whoElseHas })
  const audiences = tellSystemd(log)
  const { optionsPath: path, dataFolder: folder } = wanted
  const desk = openDesk(wanted, log)
  const trial = openTrial(folder, log)
  const keeper = new OptionsKeeper({
    ...{ path, folder, log },
    areUnconfirmed: () => desk.areOnTrial,
    isTrialRunning: () => trial.isRunning,
  })
  const token = process.env['SUPERVISOR_TOKEN'] ?? ''
  watchOver({ folder, access: token === '' ? null : { token }, log }).catch((error: unknown) =>
    log.warn(`can't switch on the watchdog: ${messageOf(error)}`),
  )
  const lasting = { folder, pageKey: newKey(), audiences, desk, trial, pair }
  try {
    while (!life.isOver || life.isHandingOver) {
      await liveOnce(life, keeper, { ...lasting, format: wanted.logFormat, log })
    }
    return 0
  } finally {
    await pair.leave()
    desk.close()
    trial.stop()
    for (const audience of audiences) await audience.close()
    await holding.release()
  }
}

function openTrial(folder: string | null, log: Log): OptionsTrial {
  const isSupervised = (process.env['SUPERVISOR_TOKEN'] ?? '') !== ''
  const supervisor = isSupervised ? new URL(usualBaseUrl).hostname : null
  const book = new TrialBook(folder, log)
  return new OptionsTrial({ clock: systemClock, openAsker: openNearAsker, supervisor, book })
}

interface Lasting extends Omit<Surroundings, 'kernel' | 'answered'> {
  readonly trial: OptionsTrial
  readonly format: Arguments['logFormat']
}

/** From the options as they stand until others are to be taken, or the end. */
async function liveOnce(life: Life, keeper: OptionsKeeper, lasting: Lasting): Promise<void> {
  const found = await findKernel(lasting.log)
  const { kernel, host } = found
  const chosen = keeper.take(host)
  if (chosen.settings.pair === null) await lasting.pair.leave()
  const log = pinoLog(chosen.settings.logLevel, lasting.format)
  const obstacles = [...found.obstacles, ...chosen.obstacles]
  const { trial, desk } = lasting
  if (!keeper.areOnTrial && keeper.reasonToTakeBack === null) trial.close()
  const isOnTrial = keeper.areOnTrial && obstacles.length === 0
  const isFirst = isOnTrial && !host.rules.some(isOurRule) && keeper.hasNewWan(chosen.settings)
  const [answered] = await Promise.all([
    isFirst ? observeRound(chosen.settings, { host, log }) : null,
    isOnTrial ? trial.prepare({ ...chosen, kernel, host, goesOn: keeper.trialGoesOn }) : null,
  ])
  const { built, queue } = buildDaemon(
    { ...chosen, obstacles },
    { ...lasting, kernel, log, answered },
  )
  life.begins(built, queue)
  const finder = findResolvers((resolvers) => queue.push({ kind: 'resolvers', resolvers }))
  const unattend = desk.attend({
    refusals: async (settings) => refusals(settings, await kernel.read()),
    tell: (change) => {
      queue.push({ kind: 'options_change', change })
      // Once they are confirmed they are the last right ones.
      life.onReload()
    },
  })
  const { look, unwatch } = watchOptions({ keeper, kernel, queue, log, life })
  const unwatchGrade = watchGrade({
    ...{ kernel, log },
    known: () => built.view()?.capabilities ?? null,
    onMore: () => {
      log.info('this machine can do more than it seemed: beginning anew')
      beginAnew('standing', { life, queue })
    },
  })
  const unattendTrial = trial.attend((verdict) => heed(verdict, { keeper, desk, log, look }))
  try {
    await built.run()
  } finally {
    unattendTrial()
    unattend()
    unwatch()
    unwatchGrade()
    finder.close()
  }
}

async function observeRound(
  settings: Settings,
  { host, log }: { readonly host: HostState; readonly log: Log },
): Promise<ReadonlySet<string>> {
  const lines = settings.wans.filter(({ tunnel }) => tunnel === undefined)
  const names = lines.map(({ name }) => name)
  log.info(`observing one round before anything changes: ${names.join(', ')}`)
  const answered = await observeFirst(settings, host)
  const silent = names.filter((name) => !answered.has(name))
  if (silent.length > 0) log.warn(`nobody answered in it by ${silent.join(', ')}`)
  return answered
}

interface Heeding {
  readonly keeper: OptionsKeeper
  readonly desk: Desk
  readonly log: Log
  readonly look: () => void
}

/** What follows from what new options cost this host. */
function heed(verdict: Verdict, { keeper, desk, log, look }: Heeding): void {
  const reason = keeper.reasonToTakeBack
  switch (verdict.kind) {
    case 'passed':
      log.info('the new options stay in force: whoever is near is still reached')
      keeper.pass()
      break
    case 'costly':
      keeper.takeBack(`with the new options this host no longer reached ${verdict.lost.join(', ')}`)
      look()
      break
    case 'innocent':
      log.warn(`without the new options ${verdict.lost.join(', ')} can't be reached either`)
      keeper.forgive()
      look()
      break
    case 'proven':
      log.warn('without the new options it is reached again: those are not in force')
      // What the page has written is put back there too; nobody can say now that it may stay.
      if (reason === null || desk.change?.confirm_until == null) break
      desk.putBack(reason).catch((error: unknown) => log.error(messageOf(error)))
  }
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
