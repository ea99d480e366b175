import assert from 'node:assert/strict'
import { test } from 'node:test'
import { undecided } from '../../src/decision/decide.ts'
import { keptFlows } from '../../src/decision/kept-flows.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { HealthState, WanHealth } from '../../src/model/health.ts'
import type { Settings } from '../../src/model/settings.ts'
import { parseOptions } from '../../src/options/parse-options.ts'

const test1 = { avoid: 'cable', untilMs: 1 }
const rows: readonly (readonly [
  string,
  Partial<Record<string, HealthState>>,
  Partial<Decision>,
  'graceful' | 'immediate',
  readonly string[],
])[] = [
  ['healthy WANs that cost nothing keep theirs', {}, {}, 'graceful', ['cable', 'dsl']],
  ['a degraded WAN keeps its flows', { dsl: 'degraded' }, {}, 'graceful', ['cable', 'dsl']],
  ['a dead one lets them go', { cable: 'down' }, {}, 'graceful', ['dsl']],
  ['an unknown one lets them go', { cable: 'unknown' }, {}, 'graceful', ['dsl']],
  ['immediate keeps none', {}, {}, 'immediate', []],
  ['a test moves everything', {}, { test: test1 }, 'graceful', []],
  ['so does a mode chosen by hand', {}, { mode: 'dsl' }, 'graceful', []],
]

for (const [name, states, decision, mode, kept] of rows) {
  test(`${name}`, () => {
    const settings = settingsOf(mode)
    const healths = new Map(
      settings.wans.map((wan) => [wan.name, healthOf(states[wan.name] ?? 'up')] as const),
    )
    assert.deepEqual(keptFlows(settings, healths, { ...undecided, ...decision }), kept)
  })
}

function settingsOf(mode: string): Settings {
  const parsed = parseOptions(`
wans:
  - { name: cable, gateway: 10.1.0.1 }
  - { name: dsl, gateway: 10.2.0.1 }
  - { name: lte, gateway: 10.3.0.1, metered: true }
failback: { mode: ${mode} }
`)
  if (parsed.kind !== 'ok') throw new Error('the options of this test are wrong')
  return parsed.settings
}

function healthOf(state: HealthState): WanHealth {
  const figures = { latencyMs: null, jitterMs: null, lossPercent: null, holdDownMs: 0 }
  return { state, reason: 'x', sinceMs: 0, suspectedMs: null, ...figures }
}
