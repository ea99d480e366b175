import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Found, OneSearch } from '../../../src/commands/run/line-search.ts'
import { exampleLine } from '../../examples/example-search.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'
import { waitFor } from '../../wait-for.ts'

const one: Found = { lines: [exampleLine], notes: [] }

async function untilDone(search: OneSearch): Promise<void> {
  const done = () => search.answer().state === 'done'
  await waitFor(done, { deadlineMs: 2_000, what: 'the search to be over' })
}

test('who asks while a search runs joins it, and hears what is known so far', async () => {
  const found = Promise.withResolvers<Found>()
  let begun = 0
  const search = new OneSearch((soFar) => {
    begun += 1
    soFar(one)
    return found.promise
  }, new VirtualClock())
  assert.equal(search.answer().state, 'none')
  search.search()
  search.search()
  const { state, lines, finished } = search.answer()
  assert.deepEqual([begun, state, lines, finished], [1, 'searching', one.lines, null])
  found.resolve({ lines: [], notes: ['none'] })
  await untilDone(search)
  assert.deepEqual(search.answer().notes, ['none'])
  assert.ok(Date.parse(search.answer().finished ?? '') > 0)
  search.search()
  assert.equal(begun, 2)
})

test('a search that fails keeps what it knew, and says why', async () => {
  const search = new OneSearch(async (soFar) => {
    soFar(one)
    throw new Error('no such thing')
  }, new VirtualClock())
  search.search()
  await untilDone(search)
  const { lines, notes } = search.answer()
  assert.deepEqual(lines, one.lines)
  assert.deepEqual(notes, ['the search for lines failed: no such thing'])
})

test('a search that hangs ends within ten seconds, and nothing comes after it', async () => {
  const clock = new VirtualClock()
  let late: (found: Found) => void = () => {}
  const search = new OneSearch((soFar) => {
    late = soFar
    return new Promise(() => {})
  }, clock)
  search.search()
  await clock.advanceTo(9_000)
  assert.equal(search.answer().state, 'searching')
  await clock.advanceTo(10_000)
  assert.equal(search.answer().state, 'done')
  assert.match(search.answer().notes.join(), /took too long/)
  late(one)
  assert.deepEqual([search.answer().state, search.answer().lines], ['done', []])
})
