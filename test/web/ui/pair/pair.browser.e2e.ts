/** Both boxes of a pair side by side in a browser: loaded when asked for, and in its place. */
import '../../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { examplePair } from '../../../examples/example-snapshot.ts'
import { show } from '../browser.ts'
import { desktop, lookAt } from '../look-at.ts'
import { scenario } from '../scenario.ts'
import { ServedHouse } from '../served-house.ts'
import { withBuiltPage } from '../with-built-page.ts'

const deadlineMs = 20_000

const site = withBuiltPage()

const other = {
  version: '0.2.0',
  at: '2026-11-21T12:00:00.000Z',
  seen: '2026-11-21T12:00:00.000Z',
  clock_s: 12,
  differences: [
    { option: 'default_policy', here: '[fibre, lte]', there: '[lte, fibre]' },
    { option: 'policies.kids_tablet', here: '', there: '<b>from</b> [192.168.1.50], use [lte]' },
  ],
  more: 0,
}

test('both boxes are compared once somebody asks, and as they change', async () => {
  const paired = scenario('well', Date.now())
  const withOther = (changes: Parameters<typeof examplePair>[0]) => ({
    ...paired.snapshot,
    pair: examplePair(changes),
  })
  const first = { ...paired, snapshot: withOther({ other }) }
  await using house = await ServedHouse.open(first, site.folder)
  await using shown = await show(site.browser, house.url, desktop)
  const { page, complaints } = shown
  const button = page.getByRole('button', { name: 'Compare both boxes' })
  await button.waitFor({ timeout: deadlineMs })
  const loaded = () =>
    page.evaluate(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.includes('boxes-table')),
    )
  assert.equal(await loaded(), false)
  await button.click()
  const table = page.locator('boxes-table')
  await table.getByText('Options that should be equal and differ: 2').waitFor()
  assert.equal(await loaded(), true)
  await table.getByText('12 s ahead').waitFor()
  await table.getByText('<b>from</b> [192.168.1.50], use [lte]').waitFor()
  await lookAt(page, 'pair', page.locator('control-card'))
  house.publish(withOther({ other: null }))
  await table.getByText(/Nothing was heard of the other box/).waitFor({ timeout: deadlineMs })
  assert.deepEqual(complaints, [])
})
