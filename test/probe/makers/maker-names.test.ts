import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { loadMakers } from '../../../src/probe/makers/maker-names.ts'

const cases: readonly [string, string | null][] = [
  ['00:04:0e:12:34:56', 'AVM'],
  ['00:04:0E:12:34:56', 'AVM'],
  // Made up by the device itself.
  ['02:04:0e:12:34:56', null],
  ['00:00:00:00:00:00', null],
]
for (const [mac, maker] of cases) {
  test(`${mac} is of ${maker ?? 'nobody known'}`, async () => {
    assert.equal((await loadMakers())(mac), maker)
  })
}

test('each prefix of the list is there once, so that no maker hides another', () => {
  const path = new URL('../../../src/probe/makers/makers.txt', import.meta.url)
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  assert.match(lines[0] ?? '', /^# .*script\/update-makers/)
  const prefixes = lines.slice(1).flatMap((line) => line.slice(line.indexOf(': ') + 2).split(' '))
  assert.ok(prefixes.length > 10_000)
  assert.ok(prefixes.every((prefix) => /^([\da-f]{6}|[\da-f]{7}|[\da-f]{9})$/.test(prefix)))
  assert.equal(new Set(prefixes).size, prefixes.length)
})
