import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinEvents } from '../../../../src/web/ui/live/join-events.ts'
import { event } from '../scenario-parts.ts'
import { noonMs } from '../texts/voices.ts'

test('an event that was heard and is in the history too is shown once, with its duration', () => {
  const heard = event(noonMs, 5_000, 'wan_down', { wan: 'lte' })
  const remembered = { ...heard, lasted_ms: 3_000 }
  const news = event(noonMs, 1_000, 'wan_up', { wan: 'lte' })
  assert.deepEqual(joinEvents([remembered], [heard, news]), [remembered, news])
})
