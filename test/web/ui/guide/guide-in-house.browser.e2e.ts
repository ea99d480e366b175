/** The whole way in the lab's house: the real daemon, its search, its options and real packets. */
import '../../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { looks, screenshotPath } from '../../../homeassistant/end-to-end/looks.ts'
import { House } from '../../../lab/house/house.ts'
import { monotonicMs } from '../../../lab/measure/monotonic.ts'
import { waitFor } from '../../../wait-for.ts'
import { openBrowser, show } from '../browser.ts'

const deadlineMs = 40_000
const desktop = { viewport: { width: 1280, height: 900 } }

let browser: Browser

before(async () => {
  const script = new URL('../../../../script/build-page', import.meta.url).pathname
  execFileSync(script, { timeout: 60_000, stdio: ['ignore', 'inherit', 'inherit'] })
  browser = await openBrowser()
})

after(() => browser.close())

/** As root is told it, with the key to commands. */
async function addressOf({ folder }: House): Promise<string> {
  const out = await waitFor(
    async () => {
      const { code, out } = await folder.command('page')
      return code === 0 ? out : null
    },
    { deadlineMs, what: 'the address of the page' },
  )
  return out.trim().replace('localhost', '127.0.0.1')
}

/** A client that this machine knows of, but that goes online by the first router. */
async function letPassBy({ lab }: House): Promise<void> {
  const { plan } = lab
  await lab.client(2).ip([`route replace default via ${plan.wans[0].gateway}`])
  await lab.client(2).run('ping', '-c', '1', plan.wans[0].hostAddress)
}

async function waitForText(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: deadlineMs })
}

async function takePictures(page: Page, name: string): Promise<void> {
  for (const { name: look, colorScheme, viewport } of looks) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize(viewport)
    await page.screenshot({ path: screenshotPath(`house-${name}-${look}`), fullPage: true })
  }
  await page.setViewportSize(desktop.viewport)
}

for (const topology of ['one-subnet', 'two-interfaces'] as const) {
  test(`${topology}: from nothing to a tested failover, by clicks alone`, async (context) => {
    await using house = await House.open({ topology, options: { wans: [] }, waitUntilUp: false })
    const isOneSubnet = topology === 'one-subnet'
    if (isOneSubnet) await letPassBy(house)
    await using shown = await show(browser, await addressOf(house), desktop)
    const { page, complaints } = shown
    let clicks = 0
    const click = async (name: string) => {
      await page.getByRole('button', { name, exact: true }).click({ timeout: deadlineMs })
      clicks += 1
    }
    const openedMs = monotonicMs()
    await waitForText(page, 'Two different lines. A failover works with them.')
    const foundMs = monotonicMs() - openedMs
    await takePictures(page, `${topology}-1-found`)
    await click('Continue')
    await click('Continue')
    await waitForText(page, 'is the main line.')
    await takePictures(page, `${topology}-3-use`)
    await click('Use this')
    await click('Yes, I can see it')
    const running = clicks
    await waitForText(page, 'For about ten seconds')
    const stream = await house.lab.client(1).startStream({ newFlows: true })
    await click('Start the test')
    const startedMs = monotonicMs()
    await stream.waitForWan(2, { afterMs: startedMs, deadlineMs: 20_000 })
    await waitForText(page, 'The failover works')
    await waitForText(page, `${house.lab.plan.clients[0].address} used`)
    if (isOneSubnet) {
      const { clients, wans } = house.lab.plan
      await waitForText(page, `${clients[1].address}: it did not pass through this machine.`)
      await waitForText(page, `enter ${wans[0].hostAddress} as the gateway`)
    }
    await takePictures(page, `${topology}-7-report`)
    await stream.waitForWan(1, { afterMs: startedMs + 5_000, deadlineMs: 20_000 })
    await stream.stop()
    const times = await page.locator('drill-report dl').innerText()
    context.diagnostic(`lines found in ${Math.round(foundMs)} ms; ${running} clicks until it runs`)
    context.diagnostic(times.replaceAll('\n', ' '))
    assert.ok(foundMs <= 10_000, `${foundMs} ms`)
    assert.ok(running <= 8, `${running} clicks`)
    // While the daemon begins anew nobody listens for a moment, and what just came is reset.
    const isOfItsPause = /ERR_CONNECTION_(REFUSED|RESET)/
    assert.deepEqual(
      complaints.filter((complaint) => !isOfItsPause.test(complaint)),
      [],
    )
    const { wans } = JSON.parse(readFileSync(house.folder.optionsPath, 'utf8'))
    assert.deepEqual(
      wans.map(({ gateway }: { gateway: string }) => gateway),
      house.lab.plan.wans.map(({ gateway }) => gateway),
    )
  })
}
