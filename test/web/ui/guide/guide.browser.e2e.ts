import '../../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { screenshotPath } from '../../../homeassistant/end-to-end/looks.ts'
import { waitFor } from '../../../wait-for.ts'
import { show } from '../browser.ts'
import { desktop, lookAt } from '../look-at.ts'
import { scenario } from '../scenario.ts'
import { withBuiltPage } from '../with-built-page.ts'
import { beginWithWritten, fibreLine, lteLine, openNewHouse, searchOf } from './new-house.ts'

const deadlineMs = 20_000

const site = withBuiltPage()

function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true })
}

async function waitForText(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: deadlineMs })
}

/** What has the focus, whatever shadow it is in. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element?.textContent?.trim() ?? ''
  })
}

async function waitForFocus(page: Page, heading: string): Promise<void> {
  await waitFor(async () => (await focused(page)) === heading, {
    deadlineMs,
    what: `the focus on "${heading}"`,
  })
}

test('from the page to a tested failover in five clicks, and nothing typed', async (context) => {
  await using house = await openNewHouse(site.folder)
  house.notifyServices = ['notify.mobile_app_pixel_8', 'notify.family']
  await using shown = await show(site.browser, house.url, desktop)
  const { page, complaints } = shown
  let clicks = 0
  const click = async (name: string) => {
    await button(page, name).click({ timeout: deadlineMs })
    clicks += 1
  }
  await waitForText(page, 'Two different lines. A failover works with them.')
  await lookAt(page, 'guide-1-found')

  await click('Continue')
  await waitForFocus(page, 'A few questions')
  await lookAt(page, 'guide-2-questions')

  await click('Continue')
  await waitForFocus(page, 'Use this')
  await waitForText(page, 'lte costs money')
  await lookAt(page, 'guide-3-use')
  for (const summary of await page.locator('apply-step summary').all()) await summary.click()
  await lookAt(page, 'guide-3-use-opened')
  assert.equal(house.options.page.version, 'v0')

  await click('Use this')
  const began = beginWithWritten(house)
  await waitForFocus(page, 'Can you still see this page?')
  await began
  assert.match((await page.getByRole('timer').textContent()) ?? '', /^(1:00|0:5\d)$/)
  await lookAt(page, 'guide-4-confirm')
  assert.notEqual(house.options.page.confirm_until, null)

  await click('Yes, I can see it')
  await waitForFocus(page, 'Test now')
  assert.equal(house.options.page.confirm_until, null)
  const running = clicks
  await lookAt(page, 'guide-5-test')

  await click('Start the test')
  await waitForText(page, 'Online through lte')
  const tablet = house.devices.devices[1]
  assert.ok(tablet)
  house.devices = {
    ...house.devices,
    devices: house.devices.devices.map((device) =>
      device === tablet ? { ...tablet, bytes: { ...tablet.bytes, lte: 52_000 } } : device,
    ),
  }
  await page.screenshot({ path: screenshotPath('guide-6-testing') })
  await waitForText(page, 'The failover works')
  await waitForFocus(page, 'The failover works')
  await waitForText(page, 'tablet (192.168.1.50) used lte during the test')
  await waitForText(page, 'TV (192.168.1.60): its gateway is still 192.168.1.1.')
  await lookAt(page, 'guide-7-report')
  assert.deepEqual(house.commands, [
    { kind: 'set_test', on: true },
    { kind: 'set_test', on: false },
  ])

  await button(page, 'Done').click()
  await waitForText(page, 'Online through fibre')
  assert.deepEqual(complaints, [])
  context.diagnostic(`${running} clicks to a running failover, ${clicks} to a tested one`)
  assert.ok(running <= 4 && clicks <= 5)
  assert.deepEqual(house.options.page.options, {
    wans: [
      { name: 'fibre', gateway: '192.168.1.1', interface: 'eth0' },
      { name: 'lte', gateway: '192.168.8.1', interface: 'wwan0', metered: true },
    ],
    policies: [],
    default_policy: {},
  })
})

test('the whole way is open to the keyboard, and the answers are what is written', async () => {
  await using house = await openNewHouse(site.folder)
  await using shown = await show(site.browser, house.url, desktop)
  const { page, complaints } = shown
  await waitForText(page, 'Two different lines')
  await tabTo(page, 'Continue')
  await page.keyboard.press('Enter')
  await waitForFocus(page, 'A few questions')
  await page.getByRole('button', { name: 'Move lte up' }).focus()
  await page.keyboard.press('Enter')
  const told = page.locator('ask-step [role=status]').first()
  await waitFor(async () => (await told.textContent()) === 'lte: Main line', {
    deadlineMs,
    what: 'the move to be said',
  })
  await page.getByLabel('Name', { exact: true }).first().fill('mobile')
  await page.getByRole('radio', { name: 'This machine only' }).focus()
  await page.keyboard.press('Space')
  await page.getByLabel('Who gets a message').fill('notify.mobile_app_phone')
  await tabTo(page, 'Continue')
  await page.keyboard.press('Enter')
  await waitForText(page, 'A message goes to notify.mobile_app_phone.')
  await button(page, 'Use this').focus()
  await page.keyboard.press('Enter')
  await waitFor(() => house.options.page.version !== 'v0', { deadlineMs, what: 'the write' })
  const { wans, ...rest } = house.options.page.options
  assert.deepEqual(
    (wans as { name: string }[]).map(({ name }) => name),
    ['mobile', 'fibre'],
  )
  assert.deepEqual(rest, {
    policies: [{ name: 'this_machine', from: ['host'], use: ['mobile', 'fibre'] }],
    default_policy: { use: ['mobile'] },
    notify: ['notify.mobile_app_phone'],
  })
  assert.deepEqual(complaints, [])
})

/** Presses Tab until what is named has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    if ((await focused(page)) === name) return
  }
  assert.fail(`the keyboard doesn't reach "${name}"`)
}

test('a phone to notify is chosen from those that Home Assistant has', async () => {
  await using house = await openNewHouse(site.folder)
  house.notifyServices = ['notify.mobile_app_pixel_8', 'notify.family']
  await using shown = await show(site.browser, house.url, desktop)
  const { page } = shown
  await button(page, 'Continue').click({ timeout: deadlineMs })
  await page.getByRole('checkbox', { name: 'Pixel 8' }).check()
  await page.getByRole('checkbox', { name: 'Family' }).check()
  await page.getByRole('checkbox', { name: 'Pixel 8' }).uncheck()
  await button(page, 'Continue').click()
  await waitForText(page, 'A message goes to notify.family.')
})

test('with one line alone the page says what to look at, and searches again', async () => {
  await using house = await openNewHouse(site.folder)
  house.lines = searchOf([fibreLine])
  await using shown = await show(site.browser, house.url, desktop)
  const { page, complaints } = shown
  await waitForText(page, 'One line was found. A failover needs a second one.')
  assert.ok(await button(page, 'Continue').isDisabled())
  await lookAt(page, 'guide-one-line')
  house.lines = searchOf([fibreLine, { ...lteLine, same_as: fibreLine.id }])
  await button(page, 'Search again').click()
  await waitForText(page, 'All that was found leads to the same line')
  house.lines = searchOf([fibreLine, lteLine])
  await button(page, 'Search again').click()
  await waitForText(page, 'Two different lines')
  assert.deepEqual(complaints, [])
})

test('what is wrong is shown with what would be right, and can be left out', async () => {
  await using house = await openNewHouse(site.folder)
  const text =
    'policies[0].use[0]: found "fiber", expected the name of a WAN (fibre or lte) or none'
  house.options.problems = [{ path: 'policies[0].use[0]', found: 'fiber', right: 'a WAN', text }]
  await using shown = await show(site.browser, house.url, desktop)
  const { page } = shown
  await button(page, 'Continue').click({ timeout: deadlineMs })
  await button(page, 'Continue').click()
  await waitForText(page, text)
  assert.ok(await button(page, 'Use this').isDisabled())
  await lookAt(page, 'guide-problem')
  house.options.problems = []
  await button(page, 'Leave out what is wrong').click()
  await waitFor(async () => !(await button(page, 'Use this').isDisabled()), {
    deadlineMs,
    what: 'the rest to be right',
  })
})

test('where the page may not write it shows what to enter, and why', async () => {
  await using house = await openNewHouse(site.folder)
  house.options.page = { ...house.options.page, writable: false, why_not: 'It is read only.' }
  await using shown = await show(site.browser, house.url, desktop)
  const { page } = shown
  await button(page, 'Continue').click({ timeout: deadlineMs })
  await button(page, 'Continue').click()
  await waitForText(page, 'It is read only.')
  assert.ok(await button(page, 'Use this').isDisabled())
  assert.ok(await page.locator('apply-step pre').isVisible())
  await lookAt(page, 'guide-not-writable')
})

test('no answer means no: the earlier options come back, and the page says so', async () => {
  await using house = await openNewHouse(site.folder)
  await using shown = await show(site.browser, house.url, desktop)
  const { page } = shown
  for (const name of ['Continue', 'Continue', 'Use this']) {
    await button(page, name).click({ timeout: deadlineMs })
  }
  await beginWithWritten(house)
  await waitForText(page, 'Can you still see this page?')
  // Loaded anew, it asks again: the user must find the question.
  await page.reload()
  await waitForText(page, 'Can you still see this page?')
  const reason = 'nobody confirmed the new ones within 60 s'
  const put_back = { at: new Date().toISOString(), reason }
  house.options.page = { ...house.options.page, confirm_until: null, put_back }
  await waitForText(page, 'The earlier options are back')
  await waitForText(page, reason)
  await lookAt(page, 'guide-4-taken-back')
  await button(page, 'Back').click()
  await waitForText(page, 'Find my lines')
  await waitFor(() => house.options.page.put_back === null, { what: 'the page to have said so' })
})

test('a change can be taken back at once', async () => {
  await using house = await openNewHouse(site.folder)
  await using shown = await show(site.browser, house.url, desktop)
  const { page } = shown
  for (const name of ['Continue', 'Continue', 'Use this']) {
    await button(page, name).click({ timeout: deadlineMs })
  }
  await beginWithWritten(house)
  await button(page, 'Take it back').click({ timeout: deadlineMs })
  await waitForText(page, 'The earlier options are back')
  assert.deepEqual(house.options.page.options['wans'], [])
})

test('a refused test says why', async () => {
  await using house = await openNewHouse(site.folder)
  house.beginAnew(scenario('well', Date.now()))
  house.refuseTests = 'switching the failover test on was refused: no other WAN is healthy'
  await using shown = await show(site.browser, house.url, desktop)
  const { page } = shown
  await page.evaluate(() => sessionStorage.setItem('wan_failover_guide', 'test'))
  await page.reload()
  await button(page, 'Start the test').click({ timeout: deadlineMs })
  await waitForText(page, 'The test did not start: switching the failover test on was refused')
})

test('where all is set up the guide waits behind a button, and none of it is loaded', async () => {
  await using house = await openNewHouse(site.folder)
  house.beginAnew(scenario('well', Date.now()))
  await using shown = await show(site.browser, house.url, desktop)
  const { page, complaints } = shown
  await waitForText(page, 'Online through fibre')
  assert.equal(await guideFiles(page), 0)
  await button(page, 'Set up').click()
  await waitForText(page, 'Find my lines')
  assert.equal(await guideFiles(page), 1)
  await button(page, 'Close the guide').click()
  await waitForText(page, 'Online through fibre')
  assert.deepEqual(complaints, [])
})

function guideFiles(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      performance.getEntriesByType('resource').filter(({ name }) => name.includes('setup-guide-'))
        .length,
  )
}

test('without the key nothing is searched, and the page says how to get it', async () => {
  await using house = await openNewHouse(site.folder, 'a-key')
  await using shown = await show(site.browser, house.url, desktop)
  const { page } = shown
  await waitForText(page, 'run “sudo wan-failover page” on this machine')
  await page.goto(`${house.url}#key=a-key`)
  await page.reload()
  await waitForText(page, 'Two different lines')
})

test('German, Spanish and French users are guided in their language', async () => {
  for (const [locale, found, next] of [
    ['de-DE', 'Zwei verschiedene Leitungen', 'Weiter'],
    ['es-ES', 'Dos líneas distintas', 'Continuar'],
    ['fr-FR', 'Deux lignes différentes', 'Continuer'],
  ] as const) {
    await using house = await openNewHouse(site.folder)
    await using shown = await show(site.browser, house.url, { ...desktop, locale })
    const { page } = shown
    await waitForText(page, found)
    await button(page, next).click()
    await page.getByRole('radio').first().waitFor()
    await page.setViewportSize({ width: 320, height: 640 })
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(tooWide <= 0, `${locale}: ${tooWide} px too wide`)
    await page.screenshot({ path: screenshotPath(`guide-2-${locale}`), fullPage: true })
  }
})

/** Everything that a first start loads, the guide included. */
test('the first load with the guide is under 100 kB on its way to the browser', async (context) => {
  await using house = await openNewHouse(site.folder)
  await using shown = await show(site.browser, house.url, desktop)
  await waitForText(shown.page, 'Two different lines')
  const bytes = await loadedBytes(shown.page)
  context.diagnostic(`${bytes} bytes`)
  assert.ok(bytes > 20_000 && bytes < 100_000, `${bytes} bytes`)
})

function loadedBytes(page: Page): Promise<number> {
  return page.evaluate(() => {
    const files = performance
      .getEntriesByType('resource')
      .filter(({ name }) => !name.includes('/api/')) as PerformanceResourceTiming[]
    const [whole] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    return files.reduce((sum, file) => sum + file.transferSize, whole?.transferSize ?? 0)
  })
}
