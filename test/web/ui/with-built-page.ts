import { after, before } from 'node:test'
import type { Browser } from 'playwright-core'
import { bringLoopbackUp, openBrowser } from './browser.ts'
import { type BuiltPage, buildPage } from './build-page.ts'

/** There from the file's first test to its last. */
export interface BuiltSite {
  readonly browser: Browser
  /** The built page's files. */
  readonly folder: string
}

/** Before this file's tests a page is built and a browser opened; both go after them. */
export function withBuiltPage(): BuiltSite {
  let browser: Browser
  let built: BuiltPage
  before(async () => {
    bringLoopbackUp()
    built = buildPage()
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    built[Symbol.dispose]()
  })
  return {
    get browser() {
      return browser
    },
    get folder() {
      return built.folder
    },
  }
}
