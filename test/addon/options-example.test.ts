import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseOptions } from '../../src/options/parse-options.ts'

const example = readFileSync(new URL('../../addon/options.yaml', import.meta.url), 'utf8')

test('the options that script/install leaves observe only', () => {
  const parsed = parseOptions(example)
  assert.equal(parsed.kind, 'ok')
  assert.deepEqual(parsed.kind === 'ok' && parsed.settings.wans, [])
})

test('what they have in comments is right as it stands', () => {
  const entered = example.replace('wans: []\n', '').replaceAll(/^#(?=\S| {2})/gm, '')
  const parsed = parseOptions(entered)
  assert.equal(parsed.kind, 'ok', JSON.stringify(parsed))
  if (parsed.kind !== 'ok') return
  assert.deepEqual(
    parsed.settings.wans.map(({ name }) => name),
    ['primary', 'secondary', 'lte'],
  )
  assert.equal(parsed.settings.mqtt.username, 'wan_failover')
})
