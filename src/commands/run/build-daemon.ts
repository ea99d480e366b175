import { socketPlace } from '../../control/socket-place.ts'
import { everyAudience } from '../../daemon/audiences.ts'
import { Daemon } from '../../daemon/daemon.ts'
import { EventQueue } from '../../daemon/event-queue.ts'
import { dataFolder } from '../../daemon/memory/data-folder.ts'
import { systemClock } from '../../daemon/system-clock.ts'
import type { Kernel } from '../../kernel/port.ts'
import { lackingToDial } from '../../kernel/tunnels/dial-processes.ts'
import { l2tpDialler } from '../../kernel/tunnels/l2tp-dialler.ts'
import { wireguardDevices } from '../../kernel/tunnels/wireguard-devices.ts'
import type { Audience, CommandListener } from '../../model/audience.ts'
import type { OtherBoxEvent } from '../../model/event.ts'
import type { Log } from '../../model/log.ts'
import type { PairKeeper } from '../../pair/port.ts'
import { createProber, probedWans } from '../../probe/prober.ts'
import { everyConcern } from '../../turn/every-concern.ts'
import type { Desk } from '../options-desk/desk.ts'
import { ownVersion } from '../own-version.ts'
import type { ChosenOptions } from './choose-options.ts'
import { connectHomeAssistant } from './connect-home-assistant.ts'
import { openWebPage } from './open-web-page.ts'

export interface Surroundings {
  readonly kernel: Kernel
  readonly log: Log
  /** null: nothing outlives a restart. */
  readonly folder: string | null
  /** For the page's commands, where everyone on this host may read. */
  readonly pageKey: string
  /** Of the options, which outlives this daemon too. */
  readonly desk: Desk
  /** Hears of all of it, and outlives this daemon. */
  readonly audiences: readonly Audience[]
  /** Outlives this daemon: who begins anew goes on serving. */
  readonly pair: PairKeeper
  /** The WANs that answered in a round before anything changes; null: nobody was asked. */
  readonly answered: ReadonlySet<string> | null
}

/** A daemon and what it speaks through, for these options and no others. */
export function buildDaemon(
  { settings, obstacles, notice }: ChosenOptions,
  { kernel, log, folder, pageKey, desk, audiences, pair, answered }: Surroundings,
): { readonly built: Daemon; readonly queue: EventQueue } {
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
  const onOther = (event: OtherBoxEvent) => queue.push(event)
  const home = connectHomeAssistant({ settings, version, log, onCommand, onProblem, onOther })
  const clock = systemClock
  let built: Daemon | null = null
  const page = { settings, version, clock, log, dataFolder: folder, onCommand, key: pageKey }
  const pages = openWebPage({
    ...page,
    options: desk,
    daemon: () => built,
    onReport: (report) => home.report?.(report),
  })
  const audience = everyAudience([home, ...pages, ...audiences.map(lasting)])
  const memory = dataFolder(folder, log)
  const concerns = everyConcern({
    settings,
    version,
    book: memory.loadBook(),
    log,
    notice,
    change: desk.change,
  })
  pair.attend((news) => queue.push({ kind: 'pair', news }))
  const tunnels = wireguardDevices({ log, folder })
  const dialler = l2tpDialler({ log, folder: socketPlace().dialFolder, lacking: lackingToDial })
  const ports = { clock, kernel, prober, audience, memory, log, queue, pair, tunnels, dialler }
  const seen = answered === null ? {} : { answered }
  built = new Daemon({ settings, version, concerns, obstacles, ...ports, ...seen })
  return { built, queue }
}

/** One that isn't closed with this daemon. */
function lasting(audience: Audience): Audience {
  return {
    publish: (snapshot) => audience.publish(snapshot),
    announce: (event) => audience.announce(event),
    close: async () => {},
  }
}
