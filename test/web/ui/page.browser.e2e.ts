import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { waitFor } from '../../wait-for.ts'
import { show } from './browser.ts'
import { type ScenarioName, scenario, scenarioNames } from './scenario.ts'
import { serious } from './serious-violations.ts'
import { ServedHouse } from './served-house.ts'
import { withBuiltPage } from './with-built-page.ts'

const deadlineMs = 10_000

const phone = { viewport: { width: 360, height: 780 } }
const desktop = { viewport: { width: 1440, height: 900 } }

const site = withBuiltPage()

function serve(name: ScenarioName): Promise<ServedHouse> {
  return ServedHouse.open(scenario(name, Date.now()), site.folder)
}

/** The shadow roots are open: Playwright's own selectors look into them. */
async function waitForText(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: deadlineMs })
}

for (const name of scenarioNames) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${name}, ${colorScheme}: nothing is out of place, out of reach or complained of`, async () => {
      await using server = await serve(name)
      for (const size of [phone, desktop]) {
        await using shown = await show(site.browser, server.url, { ...size, colorScheme })
        const { page, complaints } = shown
        if (name === 'observing') await closeGuide(page)
        await page.locator('capability-card').waitFor({ timeout: deadlineMs })
        if (name !== 'observing') await page.locator('canvas').first().waitFor()
        assert.deepEqual(await serious(page), [])
        const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        assert.ok(tooWide <= 0, `${tooWide} px too wide at ${size.viewport.width}`)
        assert.deepEqual(complaints, [])
      }
    })
  }
}

/** The first view where nothing is set up; it has tests of its own. */
async function closeGuide(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Close the guide' }).click({ timeout: deadlineMs })
}

test('the page can be used within a second', async (context) => {
  await using server = await serve('well')
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    await using shown = await show(site.browser, server.url, desktop)
    await shown.page.getByRole('button', { name: 'Test failover' }).waitFor({ timeout: deadlineMs })
    // The mark is the page's own, from the start of the navigation.
    times.push(
      await shown.page.evaluate(() => performance.getEntriesByName('usable')[0]?.startTime ?? 1e9),
    )
  }
  const [, , median = 1e9] = times.sort((a, b) => a - b)
  context.diagnostic(`usable after ${times.map(Math.round).join(', ')} ms`)
  assert.ok(median < 1_000, `${median} ms`)
})

test('the files of the first load are under 100 kB on their way to the browser', async (context) => {
  await using server = await serve('well')
  await using shown = await show(site.browser, server.url, desktop)
  await shown.page.locator('canvas').first().waitFor({ timeout: deadlineMs })
  const bytes = await shown.page.evaluate(() => {
    const files = performance
      .getEntriesByType('resource')
      .filter(({ name }) => !name.includes('/api/')) as PerformanceResourceTiming[]
    const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    return files.reduce((sum, file) => sum + file.transferSize, page?.transferSize ?? 0)
  })
  context.diagnostic(`${bytes} bytes`)
  assert.ok(bytes > 20_000 && bytes < 100_000, `${bytes} bytes`)
})

test('what the daemon says is shown as it says it, without a reload', async () => {
  await using server = await serve('well')
  await using shown = await show(site.browser, server.url, desktop)
  const { page, complaints } = shown
  await waitForText(page, 'Online through fibre')
  const failover = scenario('failover', Date.now())
  server.publish(failover.snapshot)
  await waitForText(page, 'Online through the backup lte')
  const event = failover.events.at(-1)
  assert.ok(event)
  server.announce({ ...event, reason: '<img src=x onerror=alert(1)> is text' })
  await waitForText(page, '<img src=x onerror=alert(1)> is text')
  assert.equal(await page.locator('event-timeline img').count(), 0)
  assert.deepEqual(complaints, [])
})

test('a lost connection is said with the age of what is shown, and comes back', async () => {
  await using server = await serve('well')
  await using shown = await show(site.browser, server.url, desktop)
  const { page } = shown
  await page.locator('.connection.live').waitFor({ timeout: deadlineMs })
  server.refuseStreams = true
  server.dropStreams()
  await waitForText(page, /Connection lost\. What you see is \d+ secs? old\./)
  server.refuseStreams = false
  await page.locator('.connection.live').waitFor({ timeout: deadlineMs })
})

test('a failover test is started, watched and ended with the keyboard alone', async () => {
  await using server = await serve('well')
  await using shown = await show(site.browser, server.url, desktop)
  const { page, complaints } = shown
  await page.getByRole('button', { name: 'Test failover' }).waitFor({ timeout: deadlineMs })
  await tabTo(page, 'Test failover')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  assert.deepEqual(server.commands, [])

  await tabTo(page, 'Test failover')
  await page.keyboard.press('Enter')
  await tabTo(page, 'Start the test')
  await page.keyboard.press('Space')
  await waitForText(page, 'The test has started.')
  await waitForText(page, 'Test is running: lte is in use.')
  const first = await page.getByRole('timer').textContent()
  assert.match(first ?? '', /^(10:00|9:5\d)$/)
  await waitFor(async () => (await page.getByRole('timer').textContent()) !== first, {
    deadlineMs,
    what: 'the countdown to go on',
  })
  await tabTo(page, 'End the test now')
  await page.keyboard.press('Enter')
  await waitForText(page, 'The test has ended.')
  assert.deepEqual(server.commands, [
    { kind: 'set_test', on: true },
    { kind: 'set_test', on: false },
  ])
  assert.deepEqual(complaints, [])
})

/** Presses Tab until the button of that name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      let element = document.activeElement
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
      return element?.textContent?.trim() ?? ''
    })
    if (focused === name) return
  }
  assert.fail(`the keyboard doesn't reach "${name}"`)
}

test('a refused test says why', async () => {
  await using server = await serve('well')
  const reason = 'switching the failover test on was refused: no other WAN is healthy: lte is down'
  server.refuseTests = reason
  await using shown = await show(site.browser, server.url, desktop)
  const { page } = shown
  await page.getByRole('button', { name: 'Test failover' }).click()
  await page.getByRole('button', { name: 'Start the test' }).click()
  await page.locator('control-card').getByText(reason).waitFor({ timeout: deadlineMs })
})

test('without the key nothing can be pressed, and the page says how to get it', async () => {
  await using server = await ServedHouse.open(scenario('well', Date.now()), site.folder, 'a-key')
  await using shown = await show(site.browser, server.url, desktop)
  const { page } = shown
  await waitForText(page, 'run “sudo wan-failover page” on this machine')
  assert.ok(await page.getByRole('button', { name: 'Test failover' }).isDisabled())
  assert.ok(await page.getByRole('button', { name: 'lte', exact: true }).isDisabled())

  await page.goto(`${server.url}#key=a-key`)
  await page.getByRole('button', { name: 'lte', exact: true }).click()
  await waitForText(page, 'The preferred line has changed.')
  assert.equal(page.url(), server.url)
  await page.reload()
  await page.getByRole('button', { name: 'Automatic', exact: true }).click()
  await waitForText(page, 'The preferred line has changed.')
  assert.deepEqual(server.commands, [
    { kind: 'set_mode', mode: 'lte' },
    { kind: 'set_mode', mode: 'automatic' },
  ])
})

test('a key of an earlier start is forgotten, and the page says so', async () => {
  await using server = await ServedHouse.open(scenario('well', Date.now()), site.folder, 'a-key')
  await using shown = await show(site.browser, `${server.url}#key=an-old-key`, desktop)
  const { page } = shown
  await page.getByRole('button', { name: 'lte', exact: true }).click()
  await waitForText(page, "need root's word")
  await waitForText(page, 'run “sudo wan-failover page” on this machine')
  assert.deepEqual(server.commands, [])
})

test('a line is chosen by hand, and failing back is open where it does something', async () => {
  await using server = await serve('well')
  await using shown = await show(site.browser, server.url, phone)
  const { page } = shown
  await page.getByRole('button', { name: 'lte', exact: true }).click()
  await waitForText(page, 'The preferred line has changed.')
  const chosen = page.getByRole('button', { name: 'lte', exact: true })
  assert.equal(await chosen.getAttribute('aria-pressed'), 'true')
  server.publish({ mode: 'automatic', active: 'lte' })
  await page.getByRole('button', { name: 'Fail back now' }).click()
  await waitForText(page, 'Everything uses the better line again.')
  assert.ok(await page.getByRole('button', { name: 'Fail back now' }).isDisabled())
  assert.deepEqual(server.commands, [{ kind: 'set_mode', mode: 'lte' }, { kind: 'fail_back' }])
})

test('an address is explained in sentences, a wrong one is refused with the reason', async () => {
  await using server = await serve('well')
  await using shown = await show(site.browser, server.url, phone)
  const { page } = shown
  await page.getByLabel('Address of the device').fill('192.168.1.50')
  await page.getByLabel('Address of the device').press('Enter')
  await waitForText(page, 'From 192.168.1.50 to 1.1.1.1')
  const answers = await page.locator('explain-form li > div > p:first-child').allTextContents()
  assert.deepEqual(
    answers.map((text) => text.trim()),
    [
      'Now: It goes out through fibre.',
      'If fibre were down: It goes out through lte.',
      'If lte were down: It goes out through fibre.',
    ],
  )
  // What was true a moment ago is asked again when something moves.
  server.publish(scenario('failover', Date.now()).snapshot)
  await waitForText(page, 'Now: It goes out through lte.')
  await page.getByLabel('Address of the device').fill('kitchen')
  await page.getByRole('button', { name: 'Explain' }).click()
  await waitForText(page, 'That didn’t work: from: found "kitchen", expected an address')
})

test('the charts and the list go from an hour to a month', async () => {
  await using server = await serve('well')
  await using shown = await show(site.browser, server.url, desktop)
  const { page, complaints } = shown
  const down = page.locator('history-charts tbody tr').first().locator('td').last()
  await waitFor(async () => (await down.textContent()) === 'never', {
    deadlineMs,
    what: 'the hour',
  })
  await page.getByRole('button', { name: 'Month', exact: true }).click()
  await waitFor(async () => /^\d hrs$/.test((await down.textContent()) ?? ''), {
    deadlineMs,
    what: 'the outages of the month to be summed up',
  })
  const rows = page.locator('event-timeline li')
  assert.equal(await rows.count(), 4)
  await page.getByRole('button', { name: 'Last month' }).click()
  await page.getByRole('button', { name: 'Show 2 more' }).click()
  assert.equal(await rows.count(), 10)
  assert.deepEqual(complaints, [])
})

test('what to enter is copied even where the browser gives no clipboard', async () => {
  await using server = await serve('observing')
  await using shown = await show(site.browser, server.url, desktop)
  const { page } = shown
  await closeGuide(page)
  await page.evaluate(() =>
    Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }),
  )
  await page.getByRole('button', { name: 'Copy' }).click()
  await waitForText(page, /^Copied$/)
})

test('a German browser gets German, numbers and all', async () => {
  await using server = await serve('failover')
  await using shown = await show(site.browser, server.url, { ...desktop, locale: 'de-DE' })
  const { page } = shown
  await waitForText(page, 'Online über die Ersatzleitung lte')
  await waitForText(page, 'Umgeschaltet von fibre auf lte')
  await waitForText(page, '0,4')
  assert.equal(await page.locator('html').getAttribute('lang'), 'de-DE')
  assert.equal(await page.getByText('Standby').count(), 0)
})

test('inside Home Assistant the page takes its language and its colours', async () => {
  await using server = await serve('well')
  await using shown = await show(site.browser, `${server.url}home-assistant`, desktop)
  const { page, complaints } = shown
  const inner = page.frameLocator('iframe')
  await inner.getByText('En ligne par fibre').waitFor({ timeout: deadlineMs })
  const root = inner.locator('html')
  const look = () =>
    root.evaluate((element) => {
      const style = getComputedStyle(element)
      const names = ['--page-background', '--text', '--text-quiet']
      return [element.dataset['theme'], ...names.map((name) => style.getPropertyValue(name))]
    })
  // Dark by its card's colour; what is no colour is left as it was.
  assert.deepEqual(await look(), ['dark', '#102030', '#f0f0f0', '#a6a8ab'])
  await page.evaluate(() => {
    document.documentElement.style.setProperty('--card-background-color', '#ffffff')
    document.documentElement.style.setProperty('--primary-text-color', '#111111')
  })
  await waitFor(async () => (await look())[0] === 'light', { deadlineMs, what: 'the new theme' })
  assert.deepEqual(complaints, [])
})

test('who wants less motion sees no flow', async () => {
  await using server = await serve('well')
  for (const [reducedMotion, seen] of [
    ['reduce', false],
    ['no-preference', true],
  ] as const) {
    await using shown = await show(site.browser, server.url, { ...desktop, reducedMotion })
    const flow = shown.page.locator('wan-picture .flow').first()
    await flow.waitFor({ state: 'attached', timeout: deadlineMs })
    const display = await flow.evaluate((element) => getComputedStyle(element).display)
    assert.equal(display !== 'none', seen)
  }
})
