/**
 * What happened between two moments, as the events that users automate with. They speak of IPv4:
 * a house that has lost it has lost its Internet.
 */
import type { Decision } from '../model/decision.ts'
import type { Healths, WanHealth, WanHealths } from '../model/health.ts'
import type { ChangeEvent } from '../model/published/snapshot.ts'
import { rank } from './rank.ts'

export interface Moment {
  readonly healths: Healths
  readonly decision: Decision
}

/** An event without its times, which the daemon knows. */
export type UntimedEvent = Omit<ChangeEvent, 'switch_ms' | 'at'>

/** `order` is the options' order of WANs: towards its end is a failover, else a failback. */
export function eventsBetween(
  before: Moment,
  after: Moment,
  { order, nowMs }: { readonly order: readonly string[]; readonly nowMs: number },
): readonly UntimedEvent[] {
  return [
    ...wanEvents(before, after, nowMs),
    ...outageEvents(before, after),
    ...testEvents(before, after),
    ...moveEvents(before, after, { order, nowMs }),
  ]
}

function wanEvents(before: Moment, after: Moment, nowMs: number): UntimedEvent[] {
  const found: UntimedEvent[] = []
  for (const [wan, health] of after.healths.ipv4) {
    const was = before.healths.ipv4.get(wan)?.state ?? 'unknown'
    if (was === health.state) continue
    const about = { from: null, to: null, wan, reason: health.reason }
    if (health.state === 'down') {
      const detectMs = detection(health, nowMs)
      found.push({ event_type: 'wan_down', ...about, detect_ms: detectMs })
    } else if (health.state === 'degraded') {
      found.push({ event_type: 'wan_degraded', ...about, detect_ms: null })
    } else if (health.state === 'up' && was !== 'unknown') {
      found.push({ event_type: 'wan_up', ...about, detect_ms: null })
    }
  }
  return found
}

function outageEvents(before: Moment, after: Moment): UntimedEvent[] {
  const was = allDown(before.healths.ipv4)
  const is = allDown(after.healths.ipv4)
  if (was === is) return []
  const about = { from: null, to: null, wan: null, detect_ms: null }
  if (is) return [{ event_type: 'all_down', ...about, reason: 'every WAN is down' }]
  const back = [...after.healths.ipv4].find(([, health]) => rank(health) > 0)
  const reason = back === undefined ? 'a WAN is no longer down' : `${back[0]} is healthy`
  return [{ event_type: 'restored', ...about, wan: back?.[0] ?? null, reason }]
}

function allDown(healths: WanHealths): boolean {
  return healths.size > 0 && [...healths.values()].every((health) => health.state === 'down')
}

function testEvents(before: Moment, after: Moment): UntimedEvent[] {
  const was = before.decision.test
  const is = after.decision.test
  if ((was === null) === (is === null)) return []
  const about = { ...defaultMove(before, after), wan: (is ?? was)?.avoid ?? null, detect_ms: null }
  if (is !== null) {
    return [
      { event_type: 'test_started', ...about, reason: `traffic avoids ${is.avoid} for a test` },
    ]
  }
  return [{ event_type: 'test_ended', ...about, reason: `${was?.avoid} may be used again` }]
}

function moveEvents(
  before: Moment,
  after: Moment,
  { order, nowMs }: { order: readonly string[]; nowMs: number },
): UntimedEvent[] {
  const { from, to } = defaultMove(before, after)
  if (from === null || to === null || from === to) return []
  const reason = after.decision.policies.get('default')?.ipv4.reason ?? ''
  const left = after.healths.ipv4.get(from)
  const died = left?.state === 'down' && before.healths.ipv4.get(from)?.state !== 'down'
  const detect_ms = died ? detection(left, nowMs) : null
  const forward = order.indexOf(to) > order.indexOf(from)
  return [{ event_type: forward ? 'failover' : 'failback', from, to, wan: to, reason, detect_ms }]
}

function defaultMove(before: Moment, after: Moment): { from: string | null; to: string | null } {
  return {
    from: before.decision.policies.get('default')?.ipv4.wan ?? null,
    to: after.decision.policies.get('default')?.ipv4.wan ?? null,
  }
}

function detection(health: WanHealth, nowMs: number): number | null {
  return health.suspectedMs === null ? null : Math.max(0, Math.round(nowMs - health.suspectedMs))
}
