/**
 * The dashboard of DOCS.md in a real Home Assistant, as a user pastes it. DRAW=1 puts its picture
 * where DOCS.md shows it, and wants pngquant.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, statSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as past } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { parse } from 'yaml'
import { openBrowser, show } from '../../web/ui/browser.ts'
import { Home, homeSkip } from './home.ts'
import { loggedIn } from './home-assistant/logged-in.ts'
import { browserSkip, looks, screenshotPath } from './looks.ts'

const root = new URL('../../../', import.meta.url)
const skip = homeSkip() || browserSkip()

/** A home that has just been made has no hour to show. */
const isDrawn = process.env['DRAW'] === '1'
const drawnMs = 75_000

/** The block of DOCS.md. */
function dashboard(): unknown {
  const docs = readFileSync(new URL('DOCS.md', root), 'utf8')
  const [, text = ''] = /^```yaml\n(views:\n.*?)^```$/ms.exec(docs) ?? []
  return parse(text)
}

describe('the dashboard of DOCS.md', { skip, timeout: 400_000 }, () => {
  let home: Home
  let browser: Browser

  before(async () => {
    home = await Home.open({ topology: 'two-interfaces' })
    browser = await openBrowser()
    await home.waitUntilUp()
    const url_path = 'wan-failover'
    const made = { url_path, title: 'Internet', mode: 'storage', show_in_sidebar: true }
    await home.homeAssistant.command({ type: 'lovelace/dashboards/create', ...made })
    const text = JSON.stringify(dashboard())
    const brief = text.replaceAll(/"hours_to_show":\d+/g, '"hours_to_show":0.05')
    const config = JSON.parse(isDrawn ? brief : text)
    await home.homeAssistant.command({ type: 'lovelace/config/save', url_path, config })
    if (isDrawn) await past(drawnMs)
    const entity_id = 'switch.wan_failover_test_failover'
    await home.homeAssistant.callService('switch', 'turn_on', { entity_id })
    await home.homeAssistant.waitForState('sensor.wan_failover_active_wan', 'secondary')
    if (isDrawn) await past(drawnMs / 3)
    await home.homeAssistant.callService('switch', 'turn_off', { entity_id })
    await home.homeAssistant.waitForState('sensor.wan_failover_active_wan', 'primary')
    if (isDrawn) await past(drawnMs / 3)
  })
  after(async () => {
    await browser?.close()
    await home?.close()
  })

  for (const look of looks) {
    test(`shows both lines and no broken card on a ${look.name} screen`, async () => {
      const { colorScheme, viewport } = look
      const url = `${home.homeAssistant.url}/wan-failover/0`
      const options = { colorScheme, viewport, storageState: loggedIn(home.homeAssistant) }
      await using shown = await show(browser, url, options)
      const { page } = shown
      for (const text of ['In use', 'Primary', 'Secondary', 'What happened']) {
        await page.getByText(text, { exact: true }).first().waitFor({ timeout: 30_000 })
      }
      await page.locator('ha-chart-base').first().waitFor({ timeout: 30_000 })
      assert.deepEqual(await complaints(page), [])
      if (viewport.width < 500) await page.setViewportSize({ ...viewport, height: 1_900 })
      const path = screenshotPath(`dashboard-${look.name}`)
      await page.screenshot({ path })
      assert.ok(statSync(path).size > 10_000, 'the picture is not empty')
      if (!isDrawn || look.name !== 'desktop-light') return
      const picture = new URL('addon/art/dashboard.png', root).pathname
      copyFileSync(path, picture)
      execFileSync('pngquant', ['--force', '--strip', '--output', picture, '--', picture])
    })
  }
})

/** Cards that Home Assistant can't draw, and entities that it doesn't find. */
async function complaints(page: Page): Promise<readonly string[]> {
  const broken = await page.locator('hui-error-card, hui-warning, .warning-entity').allInnerTexts()
  const text = await page.locator('hui-root').first().innerText()
  const said = text.match(/[^\n]*(not found|not available|Configuration error)[^\n]*/gi) ?? []
  return [...broken, ...said]
}
