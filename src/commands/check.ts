import { missingPrivileges } from '../kernel/privileges.ts'
import { priorities, probeMark } from '../model/marks.ts'
import type { Settings } from '../model/settings/settings.ts'
import { targetsOf } from '../model/settings/targets-of.ts'
import type { Hop } from '../model/uplink.ts'
import type { WebAnswer } from '../model/web-check.ts'
import { foreignRoutes, reasonsToObserve } from '../network/obstacles.ts'
import { followedBypasses } from '../network/rules/followers.ts'
import { isOurRule } from '../network/rules/rule-operations.ts'
import { askOnce } from '../probe/one-question.ts'
import { checkWebOnce } from '../probe/one-web-check.ts'
import { checkMarks } from '../probe/sockets/mark-check.ts'
import { adviseForwarding } from '../report/advice.ts'
import { describeBypasses } from '../report/bypass-phrases.ts'
import { describeFound } from '../report/found.ts'
import { describeGrade } from '../report/grade.ts'
import { describeForeignRoutes } from '../report/hand-over.ts'
import { meteringHints } from '../report/metering-hints.ts'
import { describeMissing } from '../report/privileges.ts'
import { adviseResolvers } from '../report/resolver-text.ts'
import { publishedCapabilities } from '../report/snapshot.ts'
import { type Arguments, print } from './arguments.ts'
import { nameLines, placedResolvers } from './name-lines.ts'
import { type HostView, withHost } from './with-host.ts'

/** Options and host: all that is wrong, with what would be right; 1 where something must be mended. */
export function check(wanted: Arguments): Promise<number> {
  return withHost(wanted, async (view) => {
    const { errors, hints } = await findings(view)
    for (const error of errors) print(`ERROR  ${error}`)
    for (const hint of hints) print(`HINT   ${hint}`)
    for (const line of describeFound(view.host)) print(`FOUND  ${line}`)
    for (const line of await gradeLines(view)) print(line)
    for (const line of await probeLines(view)) print(line)
    for (const line of await nameLines(view)) print(line)
    if (errors.length === 0)
      print('OK     the options are right, and this host can do what they ask')
    return errors.length === 0 ? 0 : 1
  })
}

async function findings(view: HostView): Promise<{ errors: string[]; hints: string[] }> {
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
  const observing = settings.wans.length > 0 ? [] : ['the options name no WAN: run only observes']
  const hints = [
    ...observing,
    ...view.warnings,
    ...meteringHints(settings, uplinks),
    ...uplinks.flatMap(({ name, ways }) =>
      ways.ipv4.problem === null ? [] : [`${name}: ${ways.ipv4.problem}`],
    ),
    ...advice.filter(({ level }) => level === 'hint').map(({ text }) => text),
    ...describeBypasses(followedBypasses(view)),
    ...adviseResolvers(await placedResolvers(view), settings),
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

function hopText(hop: Hop | null): string | null {
  if (hop === null) return null
  return hop.kind === 'gateway' ? hop.address : 'not needed (point to point)'
}

/** Asks each target once by each WAN; only our rules, standing, keep such a probe on its WAN. */
async function probeLines({ settings, host, uplinks }: HostView): Promise<string[]> {
  const standing = uplinks.filter(({ index }) =>
    host.rules.some((rule) => isOurRule(rule) && rule.priority === priorities.probeMark(index)),
  )
  if (standing.length === 0) return ['PROBE  not sent: the daemon is not running']
  const { timeoutMs } = settings.probe
  const pings = standing.flatMap(({ index, name }) =>
    targetsAt(index, settings).map(async (target) => {
      const answer = await askOnce({ wan: index, family: 'ipv4', target, timeoutMs })
      const outcome =
        answer.kind === 'alive' ? `answers in ${answer.rttMs} ms` : `is silent: ${answer.reason}`
      return `PROBE  ${name}: ${target} ${outcome}`
    }),
  )
  const webs = standing.map(async ({ index, name }) => {
    const targets = targetsAt(index, settings)
    const answers = await checkWebOnce(index, targets, settings.probe.httpUrl)
    return [...answers].map(([host, answer]) => `WEB    ${name}: ${host} ${webText(answer)}`)
  })
  return [...(await Promise.all(pings)), ...(await Promise.all(webs)).flat()]
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

function targetsAt(index: number, { wans, probe }: Settings): readonly string[] {
  const wan = wans[index]
  return wan === undefined ? [] : targetsOf(wan, probe).ipv4
}
