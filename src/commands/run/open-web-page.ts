import { fileURLToPath } from 'node:url'
import { forgetPageKey, keepPageKey } from '../../control/page-key.ts'
import type { Clock } from '../../daemon/clock.ts'
import type { Daemon, DaemonView } from '../../daemon/daemon.ts'
import { listNotifyServices } from '../../homeassistant/core/list-notify-services.ts'
import { Supervisor } from '../../homeassistant/supervisor/supervisor.ts'
import type { Audience, CommandListener } from '../../model/audience.ts'
import type { Log } from '../../model/log.ts'
import type { MonthReport } from '../../model/published/month-report.ts'
import type { FoundInterface, Setup } from '../../model/published/setup.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { explainCases } from '../../report/explain.ts'
import { foundInterfaces } from '../../report/found.ts'
import { composeSetup } from '../../report/setup.ts'
import type { OptionsDesk } from '../../web/options-routes.ts'
import { type IngressPort, type Place, WebPage } from '../../web/web-page.ts'
import { HouseDevices } from './house-devices.ts'
import { OneSearch } from './line-search.ts'
import { searchLines } from './search-lines.ts'
import { tellMonthly } from './tell-monthly.ts'

export interface PageParts {
  readonly settings: Settings
  readonly version: string
  readonly clock: Clock
  readonly log: Log
  readonly dataFolder: string | null
  readonly onCommand: CommandListener
  readonly onReport: (report: MonthReport) => void
  /** For commands, where everyone on this host may read. */
  readonly key: string
  readonly options: OptionsDesk
  /** null until it is built: the page is one of its audiences. */
  readonly daemon: () => Daemon | null
}

/** The page by ingress where there is a Supervisor, else where the options want it; perhaps none. */
export function openWebPage(parts: PageParts): readonly Audience[] {
  const { settings, clock, log, dataFolder, onCommand, onReport, options, daemon } = parts
  const token = process.env['SUPERVISOR_TOKEN'] ?? ''
  const supervisor = token === '' ? null : new Supervisor({ token })
  forgetPageKey()
  if (supervisor === null && settings.web.port === 0) return []
  const page = new WebPage({
    place: supervisor === null ? standalone(parts) : behind(supervisor),
    pageFolder: fileURLToPath(new URL('../../../page/', import.meta.url)),
    dataFolder,
    clock,
    log,
    known: {
      wans: settings.wans.map(({ name }) => name),
      targets: Object.values(settings.probe.targets).flat(),
    },
    onCommand,
    snapshot: () => daemon()?.snapshot() ?? null,
    loopIsAlive: () => daemon()?.loopIsAlive() ?? true,
    explain: (question) => {
      const view = daemon()?.view() ?? null
      return view === null ? null : explainCases({ settings, ...view }, question)
    },
    options,
    devices: new HouseDevices({ settings, log, view: () => daemon()?.view() ?? null }),
    notifyServices: async () => (token === '' ? null : listNotifyServices({ token })),
    lines: new OneSearch(
      searchLines({
        settings,
        view: () => daemon()?.view() ?? null,
        interfaces: async () => (await toldInterfaces(supervisor)) ?? [],
      }),
      clock,
    ),
    setup: async () => {
      const view = daemon()?.view() ?? null
      return view === null ? null : setupOf(view, parts, supervisor)
    },
  })
  const cancel = tellMonthly({
    ...{ clock, log, folder: dataFolder, tell: onReport },
    report: (month) => page.month(month),
  })
  return [{ publish: () => {}, announce: () => {}, close: async () => cancel() }, page]
}

/** Without a token in the options everyone on this host may read; the key is for commands. */
function standalone({ settings, log, key }: PageParts): Place {
  const { port, token } = settings.web
  try {
    keepPageKey({ port, key: token === null ? key : null })
  } catch (error) {
    log.warn(`the web page takes no commands: ${String(error)}`)
  }
  return token === null
    ? { kind: 'standalone', port, token, key }
    : { kind: 'standalone', port, token }
}

function behind(supervisor: Supervisor): Place {
  return {
    kind: 'ingress',
    async askPort(): Promise<IngressPort> {
      const answer = await supervisor.self()
      if (answer.kind !== 'ok') return { kind: 'unknown', reason: answer.reason }
      const port = answer.value.ingressPort
      if (port === null)
        return { kind: 'unknown', reason: 'the Supervisor has no port for ingress' }
      return { kind: 'port', port }
    },
  }
}

async function setupOf(
  view: DaemonView,
  { version, settings }: PageParts,
  supervisor: Supervisor | null,
): Promise<Setup> {
  const interfaces = await interfacesOf(view, supervisor)
  return composeSetup({ ...view, version, settings, interfaces })
}

/** The Supervisor leaves out what no line can be behind; without its answer the host's counts. */
async function interfacesOf(
  { host }: DaemonView,
  supervisor: Supervisor | null,
): Promise<readonly FoundInterface[]> {
  const told = await toldInterfaces(supervisor)
  return told ?? foundInterfaces(host)
}

/** null: there is no Supervisor, or it doesn't say. */
async function toldInterfaces(
  supervisor: Supervisor | null,
): Promise<readonly FoundInterface[] | null> {
  const answer = supervisor === null ? null : await supervisor.network()
  if (answer?.kind !== 'ok') return null
  return answer.value
    .filter(({ connected }) => connected)
    .map(({ name, type, addresses, gateways }) => ({ name, type, addresses, gateways }))
}
