/** The add-on's panel in Home Assistant's frontend, as a user who is logged in sees it. */
import { statSync } from 'node:fs'
import type { Browser, BrowserContextOptions, FrameLocator, Page } from 'playwright-core'
import { ingressSession } from '../../fakes/stand-in-ingress.ts'
import { type ShownPage, show } from '../../web/ui/browser.ts'
import type { Home } from './home.ts'
import { loggedIn } from './home-assistant/logged-in.ts'
import { type Look, looks, screenshotPath } from './looks.ts'

const deadlineMs = 60_000

export class Panel {
  readonly #shown: ShownPage
  readonly #home: Home
  /** How often something was clicked. */
  clicks = 0

  static async open(
    browser: Browser,
    home: Home,
    options: BrowserContextOptions = { viewport: looks[0]?.viewport ?? null },
  ): Promise<Panel> {
    const cookie = { domain: '127.0.0.1', path: '/', expires: -1, httpOnly: false, secure: false }
    const cookies = [{ ...ingressSession, ...cookie, sameSite: 'Strict' as const }]
    const storageState = { ...loggedIn(home.homeAssistant), cookies }
    const url = `${home.homeAssistant.url}/wan_failover`
    return new Panel(home, await show(browser, url, { ...options, storageState }))
  }

  private constructor(home: Home, shown: ShownPage) {
    this.#home = home
    this.#shown = shown
  }

  get #page(): Page {
    return this.#shown.page
  }

  /** The add-on's own page, within Home Assistant's. */
  get frame(): FrameLocator {
    return this.#page.frameLocator('iframe')
  }

  /**
   * What the browser complained of, but for Home Assistant's own frame around the page, and that
   * nobody answers while the daemon begins anew.
   */
  get complaints(): readonly string[] {
    return this.#shown.complaints.filter((text) => !/for its sandbox attribute|502/.test(text))
  }

  async click(name: string): Promise<void> {
    await this.frame.getByRole('button', { name, exact: true }).click({ timeout: deadlineMs })
    this.clicks += 1
  }

  async waitForText(text: string | RegExp): Promise<void> {
    try {
      await this.frame.getByText(text).first().waitFor({ timeout: deadlineMs })
    } catch (error) {
      const seen = await this.frame.locator('body').ariaSnapshot()
      const told = [seen, ...this.#home.daemon.lines].join('\n')
      throw new Error(`the page does not say "${text}", but:\n${told}`, { cause: error })
    }
  }

  /** Of all that the page has, on each screen. */
  async takePictures(name: string): Promise<void> {
    for (const look of looks) await this.#takePicture(name, look)
    await this.#page.setViewportSize(looks[0]?.viewport ?? { width: 1280, height: 900 })
  }

  async #takePicture(name: string, { name: look, colorScheme, viewport }: Look): Promise<void> {
    await this.#page.emulateMedia({ colorScheme })
    await this.#page.setViewportSize(viewport)
    const height = await this.frame.locator('html').evaluate((root) => root.scrollHeight)
    // The page scrolls within the frame: a picture of all of it needs a screen as high.
    await this.#page.setViewportSize({
      ...viewport,
      height: Math.max(viewport.height, height + 60),
    })
    const path = screenshotPath(`panel-${name}-${look}`)
    await this.#page.screenshot({ path })
    if (statSync(path).size < 10_000) throw new Error(`${path} is empty`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shown[Symbol.asyncDispose]()
  }
}
