import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitFor } from './wait-for.ts'

test('the first truthy value ends the waiting', async () => {
  let looks = 0
  const third = () => (++looks < 3 ? null : `look ${looks}`)
  assert.equal(await waitFor(third, { deadlineMs: 1000, what: 'the third look' }), 'look 3')
})

test('after the deadline the error says what was waited for and what was seen last', async () => {
  await assert.rejects(
    waitFor(() => 0, { deadlineMs: 20, what: 'a miracle' }),
    /not within 20 ms: a miracle; last seen: 0/,
  )
})

test('a condition that throws is looked at again, and its last error is the cause', async () => {
  let looks = 0
  const failing = () => {
    looks += 1
    throw new Error('not there')
  }
  await assert.rejects(waitFor(failing, { deadlineMs: 30, what: 'it' }), (error: Error) => {
    assert.match(error.message, /the last look failed/)
    assert.match(String(error.cause), /not there/)
    return true
  })
  assert.ok(looks > 1)
})
