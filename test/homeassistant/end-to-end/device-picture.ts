import { statSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { show } from '../../web/ui/browser.ts'
import type { HomeAssistant } from './home-assistant/home-assistant.ts'
import { loggedIn } from './home-assistant/logged-in.ts'
import { type Look, screenshotPath } from './looks.ts'

export interface DevicePicture {
  readonly name: string
  readonly look: Look
  /** What has to be seen there. */
  readonly texts: readonly string[]
}

/** Of our device's page in Home Assistant. */
export async function takeDevicePicture(
  browser: Browser,
  homeAssistant: HomeAssistant,
  { name, look, texts }: DevicePicture,
): Promise<void> {
  const devices = await homeAssistant.command<{ id: string; name: string }[]>({
    type: 'config/device_registry/list',
  })
  const { id } = devices.find((device) => device.name === 'WAN Failover') ?? {}
  const { colorScheme, viewport } = look
  const url = `${homeAssistant.url}/config/devices/device/${id}`
  const options = { colorScheme, viewport, storageState: loggedIn(homeAssistant) }
  await using shown = await show(browser, url, options)
  const { page } = shown
  for (const text of texts) {
    await page
      .getByText(text, { exact: true })
      .filter({ visible: true })
      .first()
      .waitFor({ timeout: 30_000 })
  }
  // The page scrolls within itself: a picture of all of it needs a screen as high.
  await page.setViewportSize({ ...viewport, height: 2_000 })
  const path = screenshotPath(`${name}-${look.name}`)
  await page.screenshot({ path })
  if (statSync(path).size < 10_000) throw new Error(`${path} is empty`)
}
