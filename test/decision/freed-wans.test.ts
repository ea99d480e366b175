import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freedWans } from '../../src/decision/freed-wans.ts'
import type { HealthState } from '../../src/model/health.ts'
import { bothFamilies } from '../examples/both-families.ts'
import { exampleDecision } from '../examples/example-decision.ts'
import { exampleHealths } from '../examples/example-health.ts'
import { exampleSettings, exampleWan } from '../examples/example-settings.ts'

const names = ['cable', 'dsl', 'lte']
const settings = exampleSettings({ wans: names.map((name, i) => exampleWan(i, { name })) })

const rows: readonly (readonly [
  string,
  Readonly<Record<string, HealthState>>,
  { readonly active: string | null; readonly kept: readonly string[] },
  readonly string[],
])[] = [
  ['a healthy WAN whose flows stay frees none', {}, { active: 'cable', kept: names }, []],
  ['one whose flows do not stay does', {}, { active: 'cable', kept: ['dsl'] }, ['lte']],
  ['so does a dead one', { cable: 'down' }, { active: 'dsl', kept: ['dsl', 'lte'] }, ['cable']],
  [
    'one that nobody has judged frees none',
    { lte: 'unknown' },
    { active: 'cable', kept: [] },
    ['dsl'],
  ],
  ['none does where the WAN in use is dead', { cable: 'down' }, { active: 'cable', kept: [] }, []],
  ['nor where there is no Internet', {}, { active: null, kept: [] }, []],
]

for (const [name, states, { active, kept }, freed] of rows) {
  test(name, () => {
    const healths = exampleHealths(names, states)
    const decision = exampleDecision(active)
    const found = freedWans(settings, { healths, decision, kept: bothFamilies(kept) })
    assert.deepEqual(found, bothFamilies(freed))
  })
}
