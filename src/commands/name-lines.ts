import type { NameOutcome } from '../model/resolver.ts'
import { placeOf } from '../network/resolver-wans.ts'
import { describePlace, type PlacedResolver } from '../report/resolver-text.ts'
import { askableUplinks, commandProber } from './command-prober.ts'
import { resolversNow } from './run/find-resolvers.ts'
import type { HostView } from './with-host.ts'

/** The DNS servers that this machine is told to ask, and where each is. */
export async function placedResolvers({
  host,
  uplinks,
}: Pick<HostView, 'host' | 'uplinks'>): Promise<readonly PlacedResolver[]> {
  const resolvers = await resolversNow()
  return resolvers.map((known) => ({ ...known, place: placeOf(known.address, { host, uplinks }) }))
}

/** Asks each of them once, and by each WAN the targets that would help out. */
export async function nameLines(
  view: HostView,
  resolvers: readonly PlacedResolver[],
): Promise<string[]> {
  const { settings } = view
  const prober = commandProber(settings)
  // What nobody answers within this time would be silence to a program too.
  const timer = setTimeout(() => prober.close(), settings.probe.timeoutMs + graceMs)
  const own = resolvers.map(async ({ address, place }, id) => {
    const outcome = await prober.askResolver({ id, address, uncached: false })
    return `NAMES  ${address} ${described(outcome)}; ${describePlace(place)}`
  })
  const others = askableUplinks(view).flatMap(({ index, name }) =>
    settings.probe.targets.ipv4.map(async (server) => {
      const outcome = await prober.askServer({ wan: index, server })
      return `NAMES  ${server} ${described(outcome)} by ${name}`
    }),
  )
  const lines = await Promise.all([...own, ...others])
  clearTimeout(timer)
  prober.close()
  return lines
}

function described(outcome: NameOutcome | null): string {
  if (outcome === null) return 'gives no answer'
  return outcome.kind === 'answered' ? 'answers' : `doesn't help: ${outcome.reason}`
}

const graceMs = 1_000
