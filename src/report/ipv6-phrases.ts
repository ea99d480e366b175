/**
 * What happened in IPv6 alone, as log lines. No event speaks of it: a house whose IPv4 goes on has its
 * Internet, and a notification would wake somebody for nothing. What is wrong stands in the snapshot.
 */
import type { Moment } from '../decision/changes.ts'
import type { HealthState, WanHealth } from '../model/health.ts'
import type { Phrase } from './phrases.ts'

/** `order` is the options' order of WANs. */
export function describeIpv6Changes(
  before: Moment,
  after: Moment,
  order: readonly string[],
): Phrase[] {
  return [...healthPhrases(before, after), ...movePhrases(before, after, order)]
}

/** The WANs whose IPv4 goes on while their IPv6 doesn't, a sentence each. */
export function sickIpv6({ healths }: Moment): string[] {
  return [...healths.ipv6].flatMap(([wan, health]) => {
    const isSick = health.state === 'down' || health.state === 'degraded'
    const hidden = !hasOwn({ healths }, wan) || healths.ipv4.get(wan)?.state === 'down'
    return isSick && !hidden ? [`IPv6 of ${wan} is ${health.state}: ${health.reason}`] : []
  })
}

function healthPhrases(before: Moment, after: Moment): Phrase[] {
  return [...after.healths.ipv6].flatMap(([wan, health]): Phrase[] => {
    const was = stateOf(before, wan)
    return !hasOwn(after, wan) || was === health.state ? [] : healthPhrase(wan, was, health)
  })
}

function healthPhrase(wan: string, was: HealthState, { state, reason }: WanHealth): Phrase[] {
  switch (state) {
    case 'down':
    case 'degraded':
      return [{ level: 'warn', text: `IPv6 of ${wan} is ${state}: ${reason}` }]
    case 'up':
      if (was !== 'down' && was !== 'degraded') return []
      return [{ level: 'info', text: `IPv6 of ${wan} is up again: ${reason}` }]
    case 'unknown':
    case 'disabled':
      return []
  }
}

/** A move that IPv4 makes at the same time is told once. */
function movePhrases(before: Moment, after: Moment, order: readonly string[]): Phrase[] {
  const [was, is] = [before, after].map(({ decision }) => decision.policies.get('default'))
  const [from, to] = [was?.ipv6.wan ?? null, is?.ipv6.wan ?? null]
  if (from === null || to === null || from === to) return []
  if (was?.ipv4.wan === from && is?.ipv4.wan === to) return []
  const isForward = order.indexOf(to) > order.indexOf(from)
  const moves = `${isForward ? 'failover' : 'failback'} of IPv6 from ${from} to ${to}`
  return [{ level: isForward ? 'warn' : 'info', text: `${moves}: ${is?.ipv6.reason ?? ''}` }]
}

/** One that follows IPv4 was nothing by itself. */
function stateOf(moment: Moment, wan: string): HealthState {
  return hasOwn(moment, wan) ? (moment.healths.ipv6.get(wan)?.state ?? 'unknown') : 'unknown'
}

/** A WAN without IPv6 may have IPv4's very value for both. */
function hasOwn({ healths }: Pick<Moment, 'healths'>, wan: string): boolean {
  return healths.ipv6.get(wan) !== healths.ipv4.get(wan)
}
