import type { HealthState, Healths, WanHealth } from '../../src/model/health.ts'
import { bothFamilies } from './both-families.ts'

/** In this state since 0, with a hold-down of 30 s. */
export function exampleHealth(state: HealthState, changes: Partial<WanHealth> = {}): WanHealth {
  return {
    state,
    reason: 'says the example',
    sinceMs: 0,
    suspectedMs: null,
    holdDownMs: 30_000,
    suspectSinceMs: null,
    answersSinceMs: null,
    ...changes,
  }
}

/** Of these WANs, each up unless told otherwise. */
export function exampleHealths(
  wans: readonly string[],
  states: Readonly<Record<string, HealthState>> = {},
): Healths {
  return bothFamilies(new Map(wans.map((wan) => [wan, exampleHealth(states[wan] ?? 'up')])))
}
