import { priorities } from '../model/marks.ts'
import type { NameOutcome } from '../model/resolver.ts'
import { targetsOf } from '../model/settings/targets-of.ts'
import { placeOf } from '../network/resolver-wans.ts'
import { isOurRule } from '../network/rules/rule-operations.ts'
import { createProber } from '../probe/prober.ts'
import { describePlace, type PlacedResolver } from '../report/resolver-text.ts'
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
export async function nameLines(view: HostView): Promise<string[]> {
  const { settings, host, uplinks } = view
  const prober = createProber({
    wans: settings.wans.map((wan) => ({
      name: wan.name,
      targets: targetsOf(wan, settings.probe),
    })),
    settings: settings.probe,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    listener: () => {},
    onForged: () => {},
  })
  // What nobody answers within this time would be silence to a program too.
  const timer = setTimeout(() => prober.close(), settings.probe.timeoutMs + graceMs)
  const own = (await placedResolvers(view)).map(async ({ address, place }, id) => {
    const outcome = await prober.askResolver({ id, address, uncached: false })
    return `NAMES  ${address} ${described(outcome)}; ${describePlace(place)}`
  })
  const standing = uplinks.filter(({ index }) =>
    host.rules.some((rule) => isOurRule(rule) && rule.priority === priorities.probeMark(index)),
  )
  const others = standing.flatMap(({ index, name }) =>
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
