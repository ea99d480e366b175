/** By day and by night, at a desk and on phones down to the smallest: nothing is out of place. */
import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import { looks, screenshotPath } from '../../homeassistant/end-to-end/looks.ts'
import { serious } from './serious-violations.ts'

export const desktop = { viewport: { width: 1280, height: 900 } }

/** Pictures of the whole page, or of `part` of it. Afterwards it is a desk by day again. */
export async function lookAt(page: Page, name: string, part?: Locator): Promise<void> {
  const picture = async (look: string) => {
    const path = screenshotPath(`${name}-${look}`)
    if (part === undefined) await page.screenshot({ path, fullPage: true })
    else await part.screenshot({ path })
  }
  for (const { name: look, colorScheme, viewport } of looks) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize(viewport)
    assert.deepEqual(await serious(page), [], `${name} ${look}`)
    await part?.scrollIntoViewIfNeeded()
    await picture(look)
  }
  await page.setViewportSize({ width: 320, height: 640 })
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert.ok(tooWide <= 0, `${name} is ${tooWide} px too wide at 320`)
  await picture('small')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(desktop.viewport)
}
