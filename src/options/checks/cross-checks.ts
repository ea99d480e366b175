/** Problems that only show when options are looked at together. */

import { probeMethods } from '../../model/probe.ts'
import type { Problem } from '../problem.ts'
import { inWords } from '../schema/option.ts'
import type { Draft } from './draft.ts'
import { checkPair } from './pair-checks.ts'
import { checkPolicies, checkTwice } from './policy-checks.ts'
import { checkTunnels } from './tunnel-checks.ts'
import { checkWans } from './wan-checks.ts'

export function crossChecks(draft: Draft): Problem[] {
  return [
    ...checkWans(draft),
    ...checkTunnels(draft),
    ...checkPolicies(draft),
    ...checkProbe(draft.probe),
    ...checkFailback(draft.failback),
    ...checkPair(draft),
    ...checkTwice(draft.test_failover?.devices, ['test_failover', 'devices']),
    ...checkMqtt(draft.mqtt),
    ...checkTwice(draft.notify, ['notify']),
  ]
}

function checkProbe(probe: Draft['probe']): Problem[] {
  return [
    ...checkNotEmpty(probe?.targets, 'targets', 'at least one address like 1.1.1.1'),
    ...checkNotEmpty(probe?.methods, 'methods', `at least one of ${inWords(probeMethods, 'and')}`),
    ...checkTwice(probe?.targets, ['probe', 'targets']),
    ...checkTwice(probe?.targets6, ['probe', 'targets6']),
    ...checkTwice(probe?.methods, ['probe', 'methods']),
  ]
}

function checkNotEmpty(
  entries: readonly unknown[] | undefined,
  key: string,
  expected: string,
): Problem[] {
  if (entries?.length !== 0) return []
  return [{ path: `probe.${key}`, found: 'an empty list', expected }]
}

/** The hold-down starts at the delay and grows up to its limit. */
function checkFailback(failback: Draft['failback']): Problem[] {
  const { delay, max_hold_down: limit } = failback ?? {}
  if (delay === undefined || limit === undefined || limit >= delay) return []
  return [
    {
      path: 'failback.max_hold_down',
      found: String(limit),
      expected: `at least the seconds of failback.delay (${delay})`,
    },
  ]
}

/** MQTT 3.1.1 knows no password without a user name (section 3.1.2.9). */
function checkMqtt(mqtt: Draft['mqtt']): Problem[] {
  if (mqtt?.password === undefined || mqtt.username !== undefined) return []
  return 'username' in mqtt
    ? [{ path: 'mqtt.username', found: 'nothing', expected: 'a name, since there is a password' }]
    : []
}
