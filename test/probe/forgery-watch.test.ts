import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ForgedAnswers } from '../../src/model/probe.ts'
import { ForgeryWatch } from '../../src/probe/forgery-watch.ts'

const one: ForgedAnswers = { wan: 0, by: 'dns', count: 1, target: '1.1.1.1' }

test('a flood is reported once a second for each WAN and kind, and nothing of it is lost', () => {
  const reports: ForgedAnswers[] = []
  const watch = new ForgeryWatch((forged) => reports.push(forged))
  for (let i = 0; i <= 20_000; i++) watch.note(one, 50_000 + i / 10)
  watch.note({ ...one, by: 'icmp', count: 256 }, 52_000)
  watch.note({ ...one, wan: 1, target: '9.9.9.9' }, 52_000)
  assert.deepEqual(
    reports.map(({ wan, by, count }) => [wan, by, count]),
    [
      [0, 'dns', 1],
      [0, 'dns', 10_000],
      [0, 'dns', 10_000],
      [0, 'icmp', 256],
      [1, 'dns', 1],
    ],
  )
})

test('after a few of a kind somebody is suspected, until ten minutes pass without', () => {
  const watch = new ForgeryWatch(() => undefined)
  for (let i = 0; i < 4; i++) watch.note(one, 1000)
  assert.equal(watch.suspects(0, 'dns', 1000), false)
  watch.note(one, 300_000)
  assert.equal(watch.suspects(0, 'dns', 300_000), true)
  assert.equal(watch.suspects(0, 'icmp', 300_000), false)
  assert.equal(watch.suspects(1, 'dns', 300_000), false)
  assert.equal(watch.suspects(0, 'dns', 900_001), false)
  watch.note(one, 900_001)
  assert.equal(watch.suspects(0, 'dns', 900_001), false, 'it begins anew')
})
