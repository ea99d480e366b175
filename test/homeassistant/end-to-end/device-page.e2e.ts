import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser, show } from '../../web/ui/browser.ts'
import { Home, homeSkip } from './home.ts'
import { loggedIn } from './home-assistant/logged-in.ts'
import { browserSkip, looks, screenshotPath } from './looks.ts'

const skip = homeSkip() || browserSkip()

describe("the device's page in Home Assistant", { skip, timeout: 240_000 }, () => {
  let home: Home
  let browser: Browser
  let deviceId = ''

  before(async () => {
    // On interfaces of their own the lines have figures for what went through them.
    home = await Home.open({ topology: 'two-interfaces' })
    browser = await openBrowser()
    await home.waitUntilUp()
    const devices = await home.homeAssistant.command<{ id: string; name: string }[]>({
      type: 'config/device_registry/list',
    })
    deviceId = devices.find(({ name }) => name === 'WAN Failover')?.id ?? ''
    // A device without an event is a poor picture.
    const entity_id = 'switch.wan_failover_test_failover'
    await home.homeAssistant.callService('switch', 'turn_on', { entity_id })
    await home.homeAssistant.waitForState('sensor.wan_failover_active_wan', 'secondary')
    await home.homeAssistant.callService('switch', 'turn_off', { entity_id })
    await home.homeAssistant.waitForState('sensor.wan_failover_active_wan', 'primary')
  })

  after(async () => {
    await browser?.close()
    await home?.close()
  })

  for (const look of looks) {
    test(`shows every group of entities on a ${look.name} screen`, async () => {
      const { colorScheme, viewport } = look
      const url = `${home.homeAssistant.url}/config/devices/device/${deviceId}`
      const options = { colorScheme, viewport, storageState: loggedIn(home.homeAssistant) }
      await using shown = await show(browser, url, options)
      const { page } = shown
      for (const text of ['Controls', 'Sensors', 'Diagnostic', 'Test failover', 'Active WAN']) {
        await page.getByText(text, { exact: true }).first().waitFor({ timeout: 30_000 })
      }
      // The page scrolls within itself: a picture of all of it needs a screen as high.
      await page.setViewportSize({ ...viewport, height: 2_000 })
      const path = screenshotPath(`device-${look.name}`)
      await page.screenshot({ path })
      assert.ok(statSync(path).size > 10_000, 'the picture is not empty')
    })
  }
})
