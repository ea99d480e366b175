import type { MeterBook } from '../decision/metered-months.ts'
import type { Log } from '../model/log.ts'
import { equalOptionsOf } from '../model/published/box-card.ts'
import type { OptionsChange } from '../model/published/options-page.ts'
import type { OptionsNotice } from '../model/published/snapshot.ts'
import type { Settings } from '../model/settings/settings.ts'
import type { Concern } from './concern.ts'
import { Bypasses } from './concerns/bypasses.ts'
import { ChangedOptions } from './concerns/changed-options.ts'
import { DeadEnds } from './concerns/dead-ends.ts'
import { Flows } from './concerns/flows.ts'
import { ForeignProblem } from './concerns/foreign-problem.ts'
import { Forgeries } from './concerns/forgeries.ts'
import { ForwardingWatch } from './concerns/forwarding-watch.ts'
import { Forwards } from './concerns/forwards.ts'
import { IncomingTraffic } from './concerns/incoming-traffic.ts'
import { Metering } from './concerns/metering.ts'
import { NameResolution } from './concerns/name-resolution.ts'
import { OptionsInForce } from './concerns/options-in-force.ts'
import { Pair } from './concerns/pair.ts'
import { PublicAddresses } from './concerns/public-addresses.ts'
import { RescuedFlows } from './concerns/rescued-flows.ts'
import { RouterQuestions } from './concerns/router-questions.ts'
import { Tunnels } from './concerns/tunnels.ts'
import { WebChecks } from './concerns/web-checks.ts'
import { OtherBox } from './pair/other-box.ts'

export interface ConcernParts {
  readonly settings: Settings
  /** What metered WANs have carried, as an earlier run has left it. */
  readonly book: MeterBook
  readonly log: Log
  /** What the other box of a pair is compared with. */
  readonly version?: string
  /** What is wrong with the options at the start; left out: nothing. */
  readonly notice?: OptionsNotice | null
  /** Of the options by the page, at the start; left out: none. */
  readonly change?: OptionsChange | null
}

/** Everything that takes part in a turn, in the order in which we ask. */
export function everyConcern({
  settings,
  book,
  log,
  version = '',
  notice,
  change,
}: ConcernParts): readonly Concern[] {
  return [
    new IncomingTraffic(settings),
    new Metering({ settings, book, log }),
    new Flows(settings),
    new RescuedFlows(settings),
    new DeadEnds(log),
    new PublicAddresses(settings, log),
    new Bypasses(settings, log),
    new NameResolution(settings, log),
    new WebChecks(settings, log),
    new Tunnels(settings, log),
    new Forwards(settings, log),
    new ForeignProblem(),
    new OptionsInForce(notice ?? null),
    new ChangedOptions(change ?? null),
    new Forgeries(settings, log),
    new RouterQuestions(settings, log),
    new ForwardingWatch(log),
    ...pairOf(settings, version, log),
  ]
}

function pairOf(settings: Settings, version: string, log: Log): readonly Concern[] {
  const { pair } = settings
  if (pair === null) return []
  return [new Pair(pair, new OtherBox({ version, options: equalOptionsOf(settings) }, log), log)]
}
