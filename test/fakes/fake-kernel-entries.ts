/** When two rules or two routes are the same to Linux. */
import type { Route, Rule } from '../../src/model/host.ts'

export function goesBy(route: Route, link: string): boolean {
  return route.nextHops.some((hop) => hop.link === link)
}

export function sameRouteKey(one: Route, two: Route): boolean {
  return (
    one.family === two.family &&
    one.table === two.table &&
    one.destination === two.destination &&
    one.metric === two.metric
  )
}

export function sameRule(one: Rule, two: Rule): boolean {
  return ruleKey(one) === ruleKey(two)
}

function ruleKey(rule: Rule): string {
  const { mark, sourcePorts, action } = rule
  return JSON.stringify([
    [rule.family, rule.priority, rule.protocol, rule.incoming, rule.from, rule.to],
    [
      rule.ipProtocol,
      rule.other,
      rule.words,
      mark?.value,
      mark?.mask,
      sourcePorts?.first,
      sourcePorts?.last,
    ],
    action.kind,
    action.kind === 'lookup' ? [action.table, action.suppressPrefixLength] : null,
    action.kind === 'other' ? action.text : null,
  ])
}
