import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reportLinks } from '../../../../src/web/ui/cards/report-links.ts'

test('the tables of outages are of this month and the one before, also over the turn of a year', () => {
  assert.deepEqual(reportLinks(new Date(2027, 0, 31).getTime(), 'fr'), [
    { href: 'api/report?month=2027-01&format=csv', label: 'janvier 2027' },
    { href: 'api/report?month=2026-12&format=csv', label: 'décembre 2026' },
  ])
})
