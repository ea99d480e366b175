import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderPage, rowOf, rowsIn } from './reliability-page.ts'

const promises = new Map([
  ['kills', 'Traffic goes on'],
  ['year', 'It stays small'],
])
const outcome = { tried: '200 kills', broken: 0, tookMs: 90_000, seed: 7 }
const row = rowOf('kills', 'Traffic goes on', outcome, '2026-01-31')

test('a trial that was not played says so', () => {
  assert.match(renderPage(promises, new Map()), /^\| year +\| It stays small +\| not yet/m)
})

test('a row is read as it was written, and stays when another one is written', () => {
  const page = renderPage(promises, new Map([['kills', row]]))
  assert.deepEqual(rowsIn(page).get('kills'), row)
  assert.match(page, /\| 200 kills \| 0 +\| 1\.5 min \| 7 +\| 2026-01-31 \|/)
  const year = rowOf('year', 'It stays small', { ...outcome, tried: '365 days' }, '2026-02-01')
  const next = renderPage(promises, new Map([...rowsIn(page), ['year', year]]))
  assert.deepEqual([...rowsIn(next).values()], [row, year])
})

test('the promise is the one of today, not the one that stood there', () => {
  const former = rowOf('kills', 'Something else', outcome, '2026-01-31')
  assert.match(renderPage(promises, new Map([['kills', former]])), /\| kills \| Traffic goes on/)
})

test('a trial that is no more leaves the page', () => {
  const former = rowOf('former', 'Something else', outcome, '2026-01-31')
  assert.doesNotMatch(renderPage(promises, new Map([['former', former]])), /former/)
})
