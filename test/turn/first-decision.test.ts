import assert from 'node:assert/strict'
import { test } from 'node:test'
import { undecided } from '../../src/decision/decide.ts'
import { firstDecision } from '../../src/turn/first-decision.ts'
import { settingsOf } from '../examples/settings-of.ts'
import { two } from '../options/refused.ts'

const settings = settingsOf(`${two}
policies:
  - { name: backup_only, from: [192.168.0.20], use: [secondary] }
  - { name: spread, from: [192.168.0.21], use: [primary, secondary], balance: true }
`)

function begun(answered: readonly string[], decision = undecided) {
  const first = firstDecision({ settings, answered: new Set(answered) }, decision)
  return first === null ? null : [...first.policies].map(([name, { ipv4 }]) => [name, ipv4.wan])
}

test('who prefers a silent line begins with one that answered', () => {
  assert.deepEqual(begun(['secondary']), [['default', 'secondary']])
})

const asAlways: readonly (readonly [string, readonly string[]])[] = [
  ['every line answered', ['primary', 'secondary']],
  ['the preferred line answered', ['primary']],
  ['nobody answered', []],
]
for (const [name, answered] of asAlways) {
  test(`it begins as always where ${name}`, () => {
    assert.equal(begun(answered), null)
  })
}

test('a line that was chosen by hand is taken, silent or not', () => {
  assert.equal(begun(['secondary'], { ...undecided, mode: 'primary' }), null)
})
