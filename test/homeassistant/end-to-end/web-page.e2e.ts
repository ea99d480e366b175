import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { skipWithout } from '../../lab/host/requirements.ts'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { waitFor } from '../../wait-for.ts'
import { openBrowser, type ShownPage, show } from '../../web/ui/browser.ts'
import { browserSkip, looks, screenshotPath } from './looks.ts'

const url = 'http://127.0.0.1:8099/'
const desk = { viewport: { width: 1280, height: 900 } }
const skip = skipWithout('ip', 'nft', 'conntrack', 'unshare') || browserSkip()

/** First load, all that goes over the wire, headers too. */
const mostTransferredBytes = 150_000
const mostInteractiveMs = 1_000

describe("the daemon's own page", { skip, timeout: 180_000 }, () => {
  let house: House
  let browser: Browser
  /** With the key to commands, as root is told it. */
  let address: string

  before(async () => {
    browser = await openBrowser()
    house = await House.open({
      topology: 'two-interfaces',
      options: {
        policies: [
          { name: 'kids_tablet', from: ['192.168.0.150'], use: ['secondary', 'primary'] },
          { name: 'camera', from: ['192.168.0.160'], use: ['primary'] },
        ],
      },
      wans: [{}, { metered: true }],
    })
    const { out } = await house.folder.command('page')
    address = `${url}${new URL(out.trim()).hash}`
    // Something must have happened, or half of the page is empty.
    await breakLine(house, { wan: 1, kind: 'upstream-silent' })
    await mendLine(house, 1, { deadlineMs: 60_000 })
  })

  after(async () => {
    await browser?.close()
    await house?.close()
  })

  async function opened(options: BrowserContextOptions = desk): Promise<ShownPage> {
    const shown = await show(browser, address, options)
    await live(shown.page)
    await shown.page.getByText('Online through primary', { exact: true }).first().waitFor()
    return shown
  }

  for (const { name, colorScheme, viewport } of looks) {
    test(`shows everything on a ${name} screen, without a serious fault`, async (t) => {
      await using shown = await opened({ colorScheme, viewport })
      const { page, complaints } = shown
      for (const heading of ['Your lines', 'Quality', 'Controls', 'What happened']) {
        await page.getByRole('heading', { name: heading }).waitFor()
      }
      await page.getByText('Failover from primary to secondary').first().waitFor()
      const path = screenshotPath(`page-${name}`)
      await page.screenshot({ path, fullPage: true })
      assert.ok(statSync(path).size > 10_000, 'the picture is not empty')
      const wide = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      assert.equal(wide, 0, 'nothing sticks out to the side')
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run()')
      const told = violations.map(
        ({ impact, id, nodes }) => `${impact}: ${id} at ${nodes.map((node) => node.target).join()}`,
      )
      for (const line of told) t.diagnostic(line)
      assert.deepEqual(
        told.filter((line) => /^(serious|critical)/.test(line)),
        [],
      )
      assert.deepEqual(complaints, [])
    })
  }

  test('can be used within a second, for less than 150 kB', async (t) => {
    // Whatever else the machine has to do only adds: the least is what the page itself takes.
    const loads = [await firstLoad(address), await firstLoad(address), await firstLoad(address)]
    for (const { tookMs, bytes } of loads) {
      t.diagnostic(`interactive after ${tookMs.toFixed(0)} ms, ${bytes} bytes transferred`)
      assert.ok(bytes > 10_000, 'the bytes are counted')
      assert.ok(bytes < mostTransferredBytes, `${bytes} bytes`)
    }
    const leastMs = Math.min(...loads.map(({ tookMs }) => tookMs))
    assert.ok(leastMs < mostInteractiveMs, `${leastMs} ms`)
    const foreign = loads.flatMap(({ asked }) => asked).filter((each) => !each.startsWith(url))
    assert.deepEqual(foreign, [], 'it asks nobody else')
  })

  test('a failover test started by keyboard only moves packets, and back', async () => {
    const stream = await house.lab.client(1).startStream()
    await using shown = await opened()
    const { page } = shown
    await tabTo(page, 'Test failover')
    await page.keyboard.press('Enter')
    await tabTo(page, 'Start the test')
    const onMs = monotonicMs()
    await page.keyboard.press('Enter')
    await stream.waitForWan(2, { afterMs: onMs, deadlineMs: 5_000 })
    await page.getByText('Test is running: secondary is in use.').waitFor()
    await page.getByRole('timer').waitFor()
    await tabTo(page, 'End the test now')
    const offMs = monotonicMs()
    await page.keyboard.press('Enter')
    await stream.waitForWan(1, { afterMs: offMs, deadlineMs: 5_000 })
    await page.getByText('The test has ended.').waitFor()
    await stream.stop()
  })

  test('says within seconds that the daemon is gone, and is live when it is back', async () => {
    await using shown = await opened()
    const { page } = shown
    await house.daemon.end('SIGKILL')
    await page.getByText('Connection lost.').waitFor({ timeout: 5_000 })
    house.startAgain()
    await live(page, 45_000)
  })
})

/** Until the button for a test could be clicked, and until the events of the month were there. */
async function firstLoad(
  address: string,
): Promise<{ tookMs: number; bytes: number; asked: string[] }> {
  await using browser = await openBrowser()
  const page = await browser.newPage(desk)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  let bytes = 0
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  const startMs = monotonicMs()
  await page.goto(address, { waitUntil: 'commit' })
  const button = page.getByRole('button', { name: 'Test failover' })
  await button.click({ trial: true, timeout: 10_000 })
  const tookMs = monotonicMs() - startMs
  await page.waitForLoadState('load')
  await page.getByText('Failover from primary to secondary').first().waitFor()
  return { tookMs, bytes, asked }
}

/** By the words for screen readers and by those that are seen. */
async function live(page: Page, timeout = 10_000): Promise<void> {
  await page.getByText('Live', { exact: true }).first().waitFor({ timeout })
}

/** Where the focus is, through all shadow roots. */
const focused = `(() => {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element?.textContent?.trim() ?? ''
})()`

/** Presses the tabulator until what has this text has the focus. */
async function tabTo(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: text, exact: true, disabled: false }).waitFor()
  await waitFor(
    async () => {
      await page.keyboard.press('Tab')
      return (await page.evaluate(focused)) === text
    },
    { deadlineMs: 10_000, what: `the tabulator to reach "${text}"` },
  )
}
