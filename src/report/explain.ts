/**
 * Answers "which way does this device go": by the rules and routes that the kernel is to have,
 * now and if each WAN died. The same plan that is applied is walked here, rule by rule.
 */
import { decide } from '../decision/decide.ts'
import { type ByFamily, byFamily, type Family, familyOf } from '../model/address.ts'
import type { Decision, PolicyDecision } from '../model/decision.ts'
import type { HostState, NextHop } from '../model/host.ts'
import type { ExplainedCase, Explanation } from '../model/published/explanation.ts'
import type { Settings } from '../model/settings/settings.ts'
import { gatewayAddress, type Uplink } from '../model/uplink.ts'
import { neighboursOf } from '../network/neighbours.ts'
import { contains } from '../network/networks.ts'
import { spreadUplinks } from '../network/nft/chains/balance-chains.ts'
import { standingRescues } from '../network/nft/standing-rescues.ts'
import { tablesOfOthers } from '../network/obstacles.ts'
import { isFrom, type PolicyQuestion, policyOf } from '../network/policies/policy-of.ts'
import {
  mayUseAll,
  type TrafficClass,
  trafficClasses,
} from '../network/policies/traffic-classes.ts'
import { rescuedQueries } from '../network/rescued-queries.ts'
import { desiredRoutes } from '../network/routes/desired-routes.ts'
import { type Way, walk } from '../network/routes/route-walk.ts'
import { desiredRules } from '../network/rules/desired-rules.ts'
import { standingRides } from '../network/rules/ride-rows.ts'
import { describeRule } from '../network/rules/rule-text.ts'
import { type Assumed, assumedHealths } from './assumed-healths.ts'
import { describeAnswer } from './describe-answer.ts'

export interface ExplainInput {
  readonly settings: Settings
  readonly uplinks: readonly Uplink[]
  readonly host: HostState
  readonly decision: Decision
  /** Where new connections are led now, in a sidestep; left out: as decided. */
  readonly routed?: Decision
  /** The WANs that are down; left out: none. */
  readonly down?: ByFamily<readonly string[]>
}

export interface Question extends Omit<PolicyQuestion, 'own'> {
  readonly family: Family
}

/** Which way it goes now, and which way if each WAN died. */
export function explainCases(input: ExplainInput, question: Question): readonly ExplainedCase[] {
  const { settings, uplinks, decision, routed = decision } = input
  const cases = [
    { when: 'now', decision: routed, down: input.down ?? byFamily(() => []) },
    ...settings.wans.map(({ name }) => ({
      when: `if ${name} were down`,
      decision: decisionIfDown(settings, { down: [name], uplinks }, decision),
      down: byFamily(() => [name]),
    })),
  ]
  return cases.map(({ when, ...assumed }) => ({
    when,
    ...explain({ ...input, ...assumed }, question),
  }))
}

export function explain(input: ExplainInput, asked: Question): Explanation {
  const { settings, uplinks, host, decision } = input
  const question = { ...macOf(asked.from, host), ...asked }
  const others = tablesOfOthers(host)
  const tables = {
    rules: [...others.rules, ...desiredRules(input)],
    routes: [...others.routes, ...desiredRoutes(uplinks, host)],
  }
  const own = host.addresses.some(({ address }) => address === question.from)
  const policy = policyOf(settings.policies, { ...question, own })?.name ?? 'default'
  const tested = isFrom(settings.testFailover.devices, { ...question, own })
  const one = classOf(policy, { settings, decision, tested })
  const incoming = own ? 'lo' : linkOf(question.from, input)
  const { from, to: target, family } = question
  const packet = { family, target, from, incoming }
  const way = walk(tables, one === null ? packet : { ...packet, mark: one.mark })
  const uplink = uplinks.find(
    (one) =>
      way.nextHop !== null && way.nextHop.link === one.link && isHop(one, family, way.nextHop),
  )
  const decided = ((tested ? decision.tested.get(policy) : undefined) ??
    decision.policies.get(policy))?.[family]
  const forbidden = one === null && own && isForbidden(uplink, input) && !isNear(question, input)
  const rule = way.rule === null ? null : describeRule(way.rule)
  const spread = one === null ? [] : spreadUplinks(one, uplinks, family).map(({ name }) => name)
  if (forbidden) {
    const reason = 'the default policy may not use that WAN, so this machine drops it'
    return { policy, rule, table: null, wan: null, gateway: null, link: null, reason }
  }
  const below = uplink?.isTunnel === true ? lineBelow(uplink, input) : null
  return {
    policy,
    rule,
    table: way.route?.table ?? null,
    wan: uplink?.name ?? null,
    ...(below?.line === undefined ? {} : { line: below.line }),
    gateway: way.nextHop?.gateway ?? null,
    link: way.nextHop?.link ?? null,
    reason: [
      reasonOf(way, uplink, decided),
      ...(below === null ? [] : [below.words]),
      ...namesOf(question, { policy, tested, input }),
    ].join('; '),
    ...(spread.length < 2 || way.nextHop === null ? {} : { spread }),
  }
}

function classOf(
  policy: string,
  { settings, decision, tested }: Pick<ExplainInput, 'settings' | 'decision'> & { tested: boolean },
): TrafficClass | null {
  const one = trafficClasses(settings, decision).of.get(policy) ?? null
  if (one?.tested != null && tested) return one.tested
  return policy === 'default' && one?.balance !== true ? null : one
}

/** nft drops what this machine sends by a WAN that no policy lets it use. */
function isForbidden(uplink: Uplink | undefined, { settings, uplinks }: ExplainInput): boolean {
  const { use } = settings.defaultPolicy
  return uplink !== undefined && !mayUseAll(use, uplinks) && !use.includes(uplink.name)
}

/** What nft lets pass whatever the policies say. */
function isNear({ to, family }: Question, input: ExplainInput): boolean {
  return neighboursOf(family, input).some((network) => contains(network, to))
}

function reasonOf(
  { route, nextHop }: Way,
  uplink: Uplink | undefined,
  decided: PolicyDecision | undefined,
): string {
  const { wan = null, reason = '' } = decided ?? {}
  if (nextHop === null || route === null) {
    return wan === null && reason !== '' ? reason : 'no way leads there now'
  }
  if (uplink !== undefined) {
    return uplink.name === wan ? reason : "another rule comes before the policy's"
  }
  const everything = ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '::/0', '::/1', '8000::/1']
  return everything.includes(route.destination)
    ? `no WAN carries it: table ${route.table} sends it to ${nextHop.link}`
    : 'its destination is not on the Internet'
}

/** The line that carries a tunnel now, or the next one where that is down. */
function lineBelow({ name, index }: Uplink, { settings, host, down }: ExplainInput) {
  const standing = standingRides(settings, host).find(({ tunnel }) => tunnel === name)
  const over = settings.wans[index]?.tunnel?.over ?? []
  const lines = [standing?.line, ...over].filter((line) => line != null)
  const line = lines.find((one) => down?.ipv4.includes(one) !== true)
  const words = line === undefined ? `no WAN is left to carry ${name}` : `${line} carries ${name}`
  return { line, words }
}

interface Asker {
  readonly policy: string
  readonly tested: boolean
  readonly input: ExplainInput
}

/** Its queries for names may go elsewhere. */
function namesOf({ to, family }: Question, { policy, tested, input }: Asker): readonly string[] {
  const { of, answers } = rescuedQueries({ ...input, rescues: standingRescues(input.host) })
  const rescued = of.get(policy)
  const wans = (tested ? rescued?.tested : null) ?? rescued?.wans
  const answer = answers.find((one) => one.resolver === to && one.uplink.name === wans?.[family])
  return answer === undefined ? [] : [describeAnswer(answer)]
}

/** The decision if the named WANs were down and all others up. */
export function decisionIfDown(settings: Settings, assumed: Assumed, previous: Decision): Decision {
  const healths = assumedHealths(settings, assumed)
  return decide(previous, { settings, healths, nowMs: 0, hurry: true }).decision
}

/** What goes straight onto a WAN's link is for a neighbour, unless the WAN has no gateway. */
function isHop(uplink: Uplink, family: Family, { gateway }: NextHop): boolean {
  const { hop } = uplink.ways[family]
  return hop !== null && gatewayAddress(hop) === gateway
}

/** As far as this machine has spoken to the device. */
function macOf(address: string, { neighbours = [] }: HostState): { readonly mac?: string } {
  const entry = neighbours.find((one) => one.address === address)
  return entry === undefined ? {} : { mac: entry.mac }
}

function linkOf(address: string, { host, uplinks }: ExplainInput): string {
  const packet = { family: familyOf(address), target: address }
  const way = walk({ rules: host.rules, routes: host.routes }, packet)
  return way.nextHop?.link ?? uplinks[0]?.link ?? 'lo'
}
