/** Draws the README's picture of the page anew: addon/art/page.png. Wants Roboto and pngquant. */
import '../../lab/enter-namespace.ts'
import { execFileSync } from 'node:child_process'
import { bringLoopbackUp, openBrowser, show } from './browser.ts'
import { buildPage } from './build-page.ts'
import { scenario } from './scenario.ts'
import { ServedHouse } from './served-house.ts'

const picture = new URL('../../../addon/art/page.png', import.meta.url).pathname

bringLoopbackUp()
using built = buildPage()
await using server = await ServedHouse.open(scenario('failover', Date.now()), built.folder)
const browser = await openBrowser()
{
  await using shown = await show(browser, server.url, { viewport: { width: 1280, height: 900 } })
  await shown.page.locator('canvas').nth(1).waitFor()
  await shown.page.locator('event-timeline li').first().waitFor()
  await shown.page.screenshot({ path: picture })
}
await browser.close()
execFileSync('pngquant', ['--force', '--strip', '--output', picture, '--', picture])
