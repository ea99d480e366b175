import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChangedOptions } from '../../../src/turn/concerns/changed-options.ts'

const at = '2026-11-28T10:01:00.000Z'
const putBack = { confirm_until: null, put_back: { at, reason: 'nobody confirmed them' } }
const waiting = { confirm_until: at, put_back: null }

test('a change that was put back is a problem until somebody has seen it', () => {
  const concern = new ChangedOptions(putBack)
  assert.deepEqual(concern.problems(), [
    "the page's change of the options was put back at 2026-11-28 10:01 UTC: nobody confirmed them",
  ])
  assert.deepEqual(concern.figures(), { optionsChange: putBack })
  assert.equal(concern.take({ kind: 'options_change', change: null }), true)
  assert.deepEqual([concern.problems(), concern.figures()], [[], {}])
})

test('a change that waits for a word is told, and no problem', () => {
  const concern = new ChangedOptions(null)
  assert.equal(concern.take({ kind: 'options_notice', notice: null }), false)
  concern.take({ kind: 'options_change', change: waiting })
  assert.deepEqual([concern.problems(), concern.figures()], [[], { optionsChange: waiting }])
})
