/** The system's Chromium, kept from everything but the page that is being tried. */
import { execFileSync } from 'node:child_process'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Debian's; elsewhere by the environment. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** In a private network namespace: brings the loopback up, by which the page is reached. */
export function bringLoopbackUp(): void {
  execFileSync('ip', ['link', 'set', 'lo', 'up'], { timeout: 5_000 })
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export interface ShownPage extends AsyncDisposable {
  readonly page: Page
  /** What the browser complained of: console, uncaught errors, breaches of the content policy. */
  readonly complaints: readonly string[]
}

/** Opens an address and waits for the page to have what it shows. */
export async function show(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<ShownPage> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url)
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() }
}
