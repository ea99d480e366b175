import { missingPrivileges } from '../kernel/privileges.ts'
import { families, familyOf } from '../model/address.ts'
import { probeMark } from '../model/marks.ts'
import { targetsOf } from '../model/settings/targets-of.ts'
import type { Hop, Uplink } from '../model/uplink.ts'
import { checkUrls, type WebAnswer } from '../model/web-check.ts'
import { foreignRoutes, reasonsToObserve } from '../network/obstacles.ts'
import { followedBypasses } from '../network/rules/followers.ts'
import { askOnce } from '../probe/one-question.ts'
import { checkMarks } from '../probe/sockets/mark-check.ts'
import { adviseForwarding, adviseForwards, adviseRouters } from '../report/advice.ts'
import { describeBypasses } from '../report/bypass-phrases.ts'
import { describeFound } from '../report/found.ts'
import { describeGrade } from '../report/grade.ts'
import { describeForeignRoutes } from '../report/hand-over.ts'
import { meteringHints } from '../report/metering-hints.ts'
import { describeMissing } from '../report/privileges.ts'
import { adviseResolvers, type PlacedResolver } from '../report/resolver-text.ts'
import { publishedCapabilities } from '../report/snapshot.ts'
import { type Arguments, print } from './arguments.ts'
import { askableUplinks, commandProber } from './command-prober.ts'
import { nameLines, placedResolvers } from './name-lines.ts'
import { pairFindings } from './pair-findings.ts'
import { tunnelLines } from './tunnel-lines.ts'
import { type HostView, withHost } from './with-host.ts'

/** Options and host: all that is wrong, with what would be right; 1 where something must be mended. */
export function check(wanted: Arguments): Promise<number> {
  return withHost(wanted, async (view) => {
    const resolvers = await placedResolvers(view)
    const pair = await pairFindings(view)
    const found = await findings(view, resolvers)
    const errors = [...found.errors, ...pair.errors]
    const hints = [...found.hints, ...pair.hints]
    for (const error of errors) print(`ERROR  ${error}`)
    for (const hint of hints) print(`HINT   ${hint}`)
    for (const line of describeFound(view.host)) print(`FOUND  ${line}`)
    for (const line of await gradeLines(view)) print(line)
    for (const fact of pair.facts) print(`PAIR   ${fact}`)
    for (const line of await probeLines(view)) print(line)
    for (const line of await nameLines(view, resolvers)) print(line)
    for (const line of await tunnelLines(view)) print(line)
    if (errors.length === 0)
      print('OK     the options are right, and this host can do what they ask')
    return errors.length === 0 ? 0 : 1
  })
}

async function findings(
  view: HostView,
  resolvers: readonly PlacedResolver[],
): Promise<{ errors: string[]; hints: string[] }> {
  const { settings, kernel, host, uplinks } = view
  const tables = settings.wans.map(({ table }) => table)
  const foreign = foreignRoutes(tables, host)
  const marks = checkMarks(probeMark(0))
  const advice = adviseForwarding(await kernel.forwarding(), uplinks)
  const lacking = describeMissing(missingPrivileges())
  const errors = [
    ...(lacking === null ? [] : [lacking]),
    ...(marks.kind === 'settable' ? [] : [marks.reason]),
    ...(foreign.length === 0 ? [] : [describeForeignRoutes(foreign)]),
    ...reasonsToObserve(host).map((reason) => `${reason}; run would only observe`),
    ...advice.filter(({ level }) => level === 'error').map(({ text }) => text),
  ]
  const few = settings.wans.length === 0 ? 'no WAN' : 'one WAN'
  const observing = settings.wans.length > 1 ? [] : [`the options name ${few}: run only observes`]
  const hints = [
    ...observing,
    ...view.warnings,
    ...meteringHints(settings, uplinks),
    ...uplinks.flatMap(wayHints),
    ...advice.filter(({ level }) => level === 'hint').map(({ text }) => text),
    ...adviseRouters(uplinks),
    ...adviseForwards(settings, view),
    ...describeBypasses(followedBypasses(view)),
    ...adviseResolvers(resolvers, settings),
    ...describeGrade(await kernel.capabilities()),
  ]
  return { errors, hints }
}

async function gradeLines({ kernel, uplinks }: HostView): Promise<string[]> {
  const capabilities = publishedCapabilities(await kernel.capabilities())
  const words = Object.entries(capabilities).map(
    ([name, there]) => `${name} ${there ? 'yes' : 'no'}`,
  )
  const wans = uplinks.map(
    ({ name, ways, link }) =>
      `WAN    ${name}: gateway ${hopText(ways.ipv4.hop) ?? 'unknown'}, ` +
      `IPv6 ${hopText(ways.ipv6.hop) ?? 'none'}, on ${link ?? '?'}`,
  )
  return [...wans, `GRADE  ${words.join(', ')}`]
}

/** A line that IPv6 has not come to yet is no worse for it. */
function wayHints({ name, ways }: Uplink): string[] {
  if (ways.ipv4.problem !== null) return [`${name}: ${ways.ipv4.problem}`]
  return ways.ipv6.problem === null ? [] : [`${name} has no IPv6: ${ways.ipv6.problem}`]
}

function hopText(hop: Hop | null): string | null {
  if (hop === null) return null
  return hop.kind === 'gateway' ? hop.address : 'not needed (point to point)'
}

/** Asks each target once by each WAN, and the web servers. */
async function probeLines(view: HostView): Promise<string[]> {
  const standing = askableUplinks(view)
  if (standing.length === 0) return ['PROBE  not sent: the daemon is not running']
  const { wans, probe } = view.settings
  const { timeoutMs } = probe
  const pings = standing.flatMap(({ index, name, ways }) => {
    const wan = wans[index]
    if (wan === undefined) return []
    const asked = families.filter((family) => ways[family].hop !== null)
    const targets = asked.flatMap((family) => targetsOf(wan, probe)[family])
    return targets.map(async (target) => {
      const answer = await askOnce({ wan: index, family: familyOf(target), target, timeoutMs })
      const outcome =
        answer.kind === 'alive' ? `answers in ${answer.rttMs} ms` : `is silent: ${answer.reason}`
      return `PROBE  ${name}: ${target} ${outcome}`
    })
  })
  const prober = commandProber(view.settings)
  const hosts = checkUrls(probe.httpUrl).map((url) => new URL(url).host)
  const webs = standing.map(async ({ index, name }) => {
    const answers = await prober.checkWeb(index)
    return answers.map((answer, i) => `WEB    ${name}: ${hosts[i]} ${webText(answer)}`)
  })
  try {
    return [...(await Promise.all(pings)), ...(await Promise.all(webs)).flat()]
  } finally {
    prober.close()
  }
}

function webText(answer: WebAnswer): string {
  switch (answer.kind) {
    case 'answered':
      return 'answers'
    case 'captive':
      return `is answered for by a captive portal (${answer.by}): open a browser there and sign in`
    case 'no_tcp':
      return 'is silent: no TCP connection gets through to it'
    case 'unclear':
      return `can't be judged: ${answer.reason}`
  }
}
