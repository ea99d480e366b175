/**
 * Answers "which way does this device go": by the rules and routes that the kernel is to have,
 * now and if each WAN died. The same plan that is applied is walked here, rule by rule.
 */
import { decide } from '../decision/decide.ts'
import type { Family } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import type { ExplainedCase, Explanation } from '../model/explanation.ts'
import type { WanHealth } from '../model/health.ts'
import type { HostState, Rule } from '../model/host.ts'
import type { Settings } from '../model/settings.ts'
import { desiredState } from '../network/desired-state.ts'
import { isOurRoute, isOurRule } from '../network/diff.ts'
import { describeChange } from '../network/ip-text.ts'
import { type Way, walk } from '../network/route-walk.ts'
import type { Uplink } from '../network/uplinks.ts'

export interface ExplainInput {
  readonly settings: Settings
  readonly uplinks: readonly Uplink[]
  readonly host: HostState
  readonly decision: Decision
}

export interface Question {
  readonly family: Family
  readonly from: string
  readonly to: string
}

/** Which way it goes now, and which way if each WAN died. */
export function explainCases(input: ExplainInput, question: Question): readonly ExplainedCase[] {
  const { settings, decision } = input
  const cases = [
    { when: 'now', decision },
    ...settings.wans.map(({ name }) => ({
      when: `if ${name} were down`,
      decision: decisionIfDown(settings, [name], decision),
    })),
  ]
  return cases.map((one) => ({
    when: one.when,
    ...explain({ ...input, decision: one.decision }, question),
  }))
}

export function explain(input: ExplainInput, question: Question): Explanation {
  const { uplinks, host, decision } = input
  const desired = desiredState(input)
  const others: readonly Rule[] = host.rules.filter((rule) => !isOurRule(rule))
  const tables = {
    rules: [...others, ...desired.rules],
    routes: [...host.routes.filter((route) => !isOurRoute(route)), ...desired.routes],
  }
  const own = host.addresses.some(({ address }) => address === question.from)
  const incoming = own ? 'lo' : linkOf(question.from, input)
  const { from, to: target, family } = question
  const way = walk(tables, { family, target, from, incoming })
  const uplink = uplinks.find(
    ({ gateway, gateway6, link }) =>
      way.nextHop !== null &&
      way.nextHop.link === link &&
      way.nextHop.gateway !== null &&
      [gateway, gateway6].includes(way.nextHop.gateway),
  )
  return {
    policy: 'default',
    rule: way.rule === null ? null : describeChange({ kind: 'add_rule', rule: way.rule }),
    table: way.route?.table ?? null,
    wan: uplink?.name ?? null,
    gateway: way.nextHop?.gateway ?? null,
    link: way.nextHop?.link ?? null,
    reason: reasonOf(way, uplink, decision),
  }
}

function reasonOf({ route, nextHop }: Way, uplink: Uplink | undefined, decision: Decision): string {
  const { wan = null, reason = '' } = decision.policies.get('default') ?? {}
  if (nextHop === null || route === null) return `it goes nowhere${wan === null ? '' : ' now'}`
  if (uplink !== undefined) {
    return uplink.name === wan ? reason : "its rule comes before the default policy's"
  }
  const everything = ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '::/0', '::/1', '8000::/1']
  return everything.includes(route.destination)
    ? `no WAN carries it: table ${route.table} sends it to ${nextHop.link}`
    : 'it is not for the Internet'
}

/** The decision if the named WANs were down and all others up. */
export function decisionIfDown(
  settings: Settings,
  down: readonly string[],
  previous: Decision,
): Decision {
  const healths = new Map(
    settings.wans.map(({ name }) => [name, assumedHealth(down.includes(name))] as const),
  )
  return decide(previous, { settings, healths, nowMs: 0, hurry: true }).decision
}

function assumedHealth(down: boolean): WanHealth {
  return {
    state: down ? 'down' : 'up',
    reason: down ? 'assumed to be down' : 'assumed to be up',
    sinceMs: 0,
    suspectedMs: null,
    latencyMs: null,
    jitterMs: null,
    lossPercent: null,
    holdDownMs: 0,
  }
}

function linkOf(address: string, { host, uplinks }: ExplainInput): string {
  const packet = { family: address.includes(':') ? 'ipv6' : 'ipv4', target: address } as const
  const way = walk({ rules: host.rules, routes: host.routes }, packet)
  return way.nextHop?.link ?? uplinks[0]?.link ?? 'lo'
}
