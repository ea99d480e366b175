/** The list of devices in a browser: what is asked when, what is shown, and how a policy changes. */
import '../../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Device } from '../../../../src/model/published/devices.ts'
import { exampleDevice } from '../../../examples/example-devices.ts'
import { screenshotPath } from '../../../homeassistant/end-to-end/looks.ts'
import { waitFor } from '../../../wait-for.ts'
import { show } from '../browser.ts'
import { desktop, lookAt } from '../look-at.ts'
import { scenario } from '../scenario.ts'
import { serious } from '../serious-violations.ts'
import { ServedHouse } from '../served-house.ts'
import { withBuiltPage } from '../with-built-page.ts'

const deadlineMs = 20_000
const key = 'the-key-of-these-tests'

const site = withBuiltPage()

const here = '192.168.1.20'

function device(end: number, changes: Partial<Device>): Device {
  const mac = `a4:83:e7:21:0c:${end}`
  return { ...exampleDevice, mac, address: `192.168.1.${end}`, gateway: here, here, ...changes }
}

function past(end: number, changes: Partial<Device>): Device {
  return device(end, {
    through: false,
    bytes: {},
    wan: null,
    last_seen: null,
    gateway: null,
    ...changes,
  })
}

async function openHouse(withKey: string | null = null): Promise<ServedHouse> {
  const house = await ServedHouse.open(scenario('well', Date.now()), site.folder, withKey)
  const last_seen = new Date(Date.now() - 42_000).toISOString()
  const at = { last_seen, wan: 'fibre' }
  house.devices = {
    truncated: false,
    devices: [
      device(31, { ...at, name: 'work-laptop', bytes: { fibre: 9_420_000_000, lte: 38_000_000 } }),
      device(50, { ...at, name: 'Kids’ tablet', bytes: { lte: 640_000_000 }, policy: 'kids' }),
      device(77, { ...at, name: null, maker: 'Espressif', bytes: { fibre: 88_000 } }),
      past(60, { name: 'Living room TV', gateway: '192.168.1.1' }),
      past(61, { name: null, maker: 'Sonos', gateway: '192.168.1.1' }),
      past(62, { name: 'a-printer-with-a-very-long-name-that-nobody-could-ever-say', mac: null }),
    ],
  }
  house.options.page = {
    ...house.options.page,
    options: {
      wans: [],
      policies: [
        { name: 'kids', from: ['192.168.1.50', '192.168.1.51'], use: ['lte'] },
        { name: 'guests', from: ['192.168.1.128/25'], use: ['lte'] },
      ],
    },
  }
  return house
}

async function openList(page: Page): Promise<void> {
  const card = page.locator('devices-card')
  await card.getByRole('button', { name: 'Show', exact: true }).click({ timeout: deadlineMs })
  await card.getByText('work-laptop').first().waitFor({ timeout: deadlineMs })
}

test('nobody is asked for devices before the card is opened, and then they stand there', async () => {
  await using house = await openHouse()
  await using shown = await show(site.browser, house.url, desktop)
  const { page, complaints } = shown
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.locator('devices-card').waitFor({ timeout: deadlineMs })
  await page.reload()
  await page.locator('canvas').first().waitFor({ timeout: deadlineMs })
  assert.deepEqual(
    asked.filter((path) => /devices|device-list|options/.test(path)),
    [],
  )
  await openList(page)
  assert.equal(asked.filter((path) => path === '/api/devices').length, 1)
  const card = page.locator('devices-card')
  const said = (await card.getByRole('row').allInnerTexts()).map((row) => row.replace(/\s+/g, ' '))
  assert.match(said[1] ?? '', /^work-laptop .*fibre 9\.4 GB lte 38 MB fibre .*kids/)
  await card.getByText(`set the gateway to ${here}`).waitFor()
  assert.equal(await card.getByText('3 devices use this machine').count(), 1)
  await lookAt(page, 'devices-list', page.locator('devices-card'))
  assert.deepEqual(complaints, [])
})

test('a policy is chosen, shown, written and then the page asks; without a word nothing is written', async () => {
  await using house = await openHouse()
  await using shown = await show(site.browser, house.url, desktop)
  const { page, complaints } = shown
  await openList(page)
  const menu = page.getByLabel('Policy of work-laptop')
  assert.equal(await menu.inputValue(), 'default')
  await menu.selectOption('kids')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('policies', { exact: true }).waitFor({ timeout: deadlineMs })
  assert.equal(await menu.inputValue(), 'default')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  assert.equal(house.options.page.version, 'v0')

  await menu.selectOption('kids')
  await dialog.getByText('policies', { exact: true }).waitFor({ timeout: deadlineMs })
  assert.deepEqual(await serious(page), [])
  await page.screenshot({ path: screenshotPath('devices-dialog-desktop') })
  await page.setViewportSize({ width: 320, height: 640 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.screenshot({ path: screenshotPath('devices-dialog-small-dark') })
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(desktop.viewport)
  await dialog.getByRole('button', { name: 'Change it' }).click()
  await page.getByText('At its top the page asks').waitFor({ timeout: deadlineMs })
  assert.equal(await page.evaluate(() => scrollY), 0)
  const policies = house.options.page.options['policies'] as { from: string[] }[]
  assert.deepEqual(policies[0]?.from, ['192.168.1.50', '192.168.1.51', 'a4:83:e7:21:0c:31'])
  await lookAt(page, 'devices-written', page.locator('devices-card'))

  // As the daemon says it, once it goes by the new options.
  const [laptop, ...others] = house.devices.devices
  assert.ok(laptop)
  house.devices = { ...house.devices, devices: [{ ...laptop, policy: 'kids' }, ...others] }
  const { confirm_until } = house.options.page
  house.publish({ options_change: { confirm_until, put_back: null } })
  await page.getByText('Can you still see this page?').waitFor({ timeout: deadlineMs })
  await waitFor(async () => (await menu.inputValue()) === 'kids', {
    deadlineMs,
    what: 'the new policy to be shown',
  })
  assert.equal(await menu.isDisabled(), true)
  assert.deepEqual(complaints, [])
})

test('what the check refuses is not written, and says why', async () => {
  await using house = await openHouse()
  house.options.problems = [
    { path: 'policies[0].from', found: 'x', right: 'y', text: 'policies[0].from: it is too long' },
  ]
  await using shown = await show(site.browser, house.url, desktop)
  const { page } = shown
  await openList(page)
  await page.getByLabel('Policy of work-laptop').selectOption('kids')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('it is too long').waitFor({ timeout: deadlineMs })
  assert.equal(await dialog.getByRole('button', { name: 'Change it' }).isDisabled(), true)
  assert.deepEqual(await serious(page), [])
})

test('where everyone on the host may read, devices are for who has the key', async () => {
  await using house = await openHouse(key)
  const base = scenario('well', Date.now())
  house.beginAnew({ ...base, setup: { ...base.setup, commands_need_key: true } })
  await using without = await show(site.browser, house.url, desktop)
  const { page } = without
  const button = page.locator('devices-card').getByRole('button', { name: 'Show' })
  await button.click({ timeout: deadlineMs })
  await page.getByText('To see your devices, run').waitFor({ timeout: deadlineMs })
  await using withKey = await show(site.browser, `${house.url}#key=${key}`, desktop)
  await openList(withKey.page)
})
