import '../../lab/enter-namespace.ts'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../../web/ui/browser.ts'
import { takeDevicePicture } from './device-picture.ts'
import { Home, homeSkip } from './home.ts'
import { browserSkip, looks } from './looks.ts'

const skip = homeSkip() || browserSkip()

describe("the device's page in Home Assistant", { skip, timeout: 240_000 }, () => {
  let home: Home
  let browser: Browser

  before(async () => {
    // On interfaces of their own the lines have figures for what went through them.
    home = await Home.open({ topology: 'two-interfaces' })
    browser = await openBrowser()
    await home.waitUntilUp()
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
      const texts = ['Controls', 'Sensors', 'Diagnostic', 'Test failover', 'Active WAN']
      await takeDevicePicture(browser, home.homeAssistant, { name: 'device', look, texts })
    })
  }
})
