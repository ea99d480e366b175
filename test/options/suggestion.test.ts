import assert from 'node:assert/strict'
import { test } from 'node:test'
import { suggestion } from '../../src/options/suggestion.ts'

const known = ['gateway', 'gateway6', 'interface', 'cap_mb', 'to', 'use', 'down_after']

const rows: readonly (readonly [typed: string, meant: string | null])[] = [
  ['gatway', 'gateway'],
  ['gatewya', 'gateway'],
  ['Gateway', 'gateway'],
  ['gateway-6', 'gateway6'],
  ['interfaces', 'interface'],
  ['CAP-MB', 'cap_mb'],
  ['downafter', 'down_after'],
  ['colour', null],
  ['x', null],
  ['', null],
  ['g'.repeat(100_000), null],
]

for (const [typed, meant] of rows) {
  test(`${typed.slice(0, 12) || 'nothing'} most likely means ${meant ?? 'none of them'}`, () => {
    assert.equal(suggestion(typed, known), meant)
  })
}
