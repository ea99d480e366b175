import assert from 'node:assert/strict'
import { test } from 'node:test'
import { undecided } from '../../src/decision/decide.ts'
import { keptFlows } from '../../src/decision/kept-flows.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { HealthState } from '../../src/model/health.ts'
import type { Settings } from '../../src/model/settings/settings.ts'
import { bothFamilies } from '../examples/both-families.ts'
import { exampleHealths } from '../examples/example-health.ts'
import { examplePolicy, exampleSettings, exampleWan } from '../examples/example-settings.ts'

const test1 = { avoid: 'cable', untilMs: 1 }
const rows: readonly (readonly [
  string,
  Readonly<Record<string, HealthState>>,
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
  test(name, () => {
    const settings = settingsOf(mode)
    const healths = exampleHealths(settings.defaultPolicy.use, states)
    const found = keptFlows(settings, healths, { ...undecided, ...decision })
    assert.deepEqual(found, bothFamilies(kept))
  })
}

function settingsOf(mode: 'graceful' | 'immediate'): Settings {
  const wans = ['cable', 'dsl', 'lte'].map((name, i) =>
    exampleWan(i, { name, metered: name === 'lte' }),
  )
  return exampleSettings({ wans, failback: { delayMs: 0, mode, maxHoldDownMs: 0 } })
}

test('one policy that is graceful is enough', () => {
  const settings = settingsOf('immediate')
  const policies = [{ ...examplePolicy('work', ['cable', 'dsl']), failback: 'graceful' as const }]
  const healths = exampleHealths(settings.defaultPolicy.use)
  const found = keptFlows({ ...settings, policies }, healths, undecided)
  assert.deepEqual(found, bothFamilies(['cable', 'dsl']))
})
