/**
 * The WANs by which new IPv6 connections are refused at once, so that devices go on by IPv4 rather
 * than wait. Only where the verdict is `down` and the house has its Internet by IPv4: where nothing
 * works, a verdict may be wrong, and everything stays as it is.
 */
import type { Decision } from '../model/decision.ts'
import type { Healths } from '../model/health.ts'
import { wansInUse } from './decide.ts'
import { rank } from './rank.ts'

/** A WAN that carries IPv6 though it is down: no other one has any. Its first answer ends it. */
export function deadEnds(healths: Healths, decision: Decision): readonly string[] {
  const internet = decision.policies.get('default')?.ipv4.wan ?? null
  if (internet === null || rank(healths.ipv4.get(internet)) === 0) return []
  return [...wansInUse(decision, 'ipv6')].filter((wan) => {
    const health = healths.ipv6.get(wan)
    const isOwn = health !== healths.ipv4.get(wan)
    return health?.state === 'down' && health.answersSinceMs === null && isOwn
  })
}
