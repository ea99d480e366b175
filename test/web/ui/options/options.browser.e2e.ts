/** The form of all options in a browser, before the daemon's own desk and a real file. */
import '../../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { Desk } from '../../../../src/commands/options-desk/desk.ts'
import { FormTexts } from '../../../../src/commands/options-desk/form-texts.ts'
import { OptionsFile } from '../../../../src/commands/options-desk/options-file.ts'
import type { OptionsChange } from '../../../../src/model/published/options-page.ts'
import { RecordedLog } from '../../../fakes/recorded-log.ts'
import { VirtualClock } from '../../../fakes/virtual-clock.ts'
import { waitFor } from '../../../wait-for.ts'
import { show } from '../browser.ts'
import { desktop, lookAt } from '../look-at.ts'
import { scenario } from '../scenario.ts'
import { ServedHouse } from '../served-house.ts'
import { withBuiltPage } from '../with-built-page.ts'

const deadlineMs = 20_000

const written = `# mine
wans:
  - { name: fibre, gateway: 192.168.1.1 } # the good one
  - { name: lte, gateway: auto, interface: wwan0, metered: true }
policies:
  - { name: tablet, from: [192.168.1.50], use: [fibre] }
mqtt: { host: broker, username: me, password: hush }
`

const site = withBuiltPage()

/** A house with options in a file, and a clock for what goes back by itself. */
class OptionsHouse {
  readonly folder = mkdtempSync(join(tmpdir(), 'options-house-'))
  readonly path = join(this.folder, 'options.yaml')
  readonly #openedMs = Date.now()
  readonly clock = new VirtualClock(this.#openedMs)
  readonly house: ServedHouse
  readonly desk: Desk

  private constructor(house: ServedHouse) {
    writeFileSync(this.path, written)
    this.house = house
    const form = new FormTexts(new URL('../../../../translations/', import.meta.url), [])
    const { folder, clock, path } = this
    const log = new RecordedLog()
    this.desk = new Desk({ place: new OptionsFile(path), folder, form, clock, log })
    this.desk.attend({ refusals: async () => [], tell: (change) => this.#tell(change) })
    house.desk = this.desk
  }

  /** With `key`, whoever hasn't it may only read. */
  static async open(key: string | null = null): Promise<OptionsHouse> {
    return new OptionsHouse(await ServedHouse.open(scenario('well', Date.now()), site.folder, key))
  }

  get text(): string {
    return readFileSync(this.path, 'utf8')
  }

  /** Its time, as far as it has passed outside. */
  async keepUp(): Promise<void> {
    await this.clock.advanceTo(Date.now() - this.#openedMs)
  }

  /** Once nobody has said anything for so long. */
  async pass(seconds: number): Promise<void> {
    await this.clock.advanceTo(this.clock.nowMs() + seconds * 1000)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.desk.close()
    await this.house[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true })
  }

  #tell(change: OptionsChange | null): void {
    // As JSON has it: a key that isn't there.
    const options_change = change ?? (undefined as unknown as OptionsChange)
    this.house.publish({ options_change })
  }
}

function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true })
}

async function click(page: Page, name: string): Promise<void> {
  await button(page, name).click({ timeout: deadlineMs })
}

async function waitForText(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: deadlineMs })
}

function focusedId(page: Page): Promise<string> {
  return page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element?.id ?? ''
  })
}

async function openOptions(page: Page): Promise<void> {
  await click(page, 'Options')
  await button(page, 'Check the changes').waitFor({ timeout: deadlineMs })
}

test('an order is changed, a slip is said at its field, then it is saved and confirmed', async () => {
  await using house = await OptionsHouse.open()
  await using shown = await show(site.browser, house.house.url, desktop)
  const { page, complaints } = shown
  await openOptions(page)
  await lookAt(page, 'options-1-form')

  await button(page, 'Move lte up').focus()
  await page.keyboard.press('Enter')
  await waitFor(async () => (await focusedId(page)) === 'down wans[0]', {
    deadlineMs,
    what: 'the focus to stay on the entry that moved',
  })
  await waitForText(page, 'lte is now 1 of 2.')

  const gateway = page.getByLabel('Gateway (IPv4)').nth(1)
  assert.equal(await gateway.inputValue(), '192.168.1.1')
  await gateway.fill('192.168.1.300')
  await click(page, 'Check the changes')
  const said = /Found "192\.168\.1\.300"\. Right would be: an IPv4 address like/
  await waitForText(page, said)
  assert.equal(await gateway.getAttribute('aria-invalid'), 'true')
  assert.equal(await focusedId(page), 'field wans[1].gateway')
  await lookAt(page, 'options-2-problem')
  assert.equal(house.text, written)

  await gateway.fill('192.168.1.1')
  await click(page, 'Check the changes')
  await waitForText(page, 'What changes')
  const rows = await page.locator('options-editor tbody tr').allInnerTexts()
  assert.deepEqual(
    rows.map((row) => row.split('\t').map((cell) => cell.trim())),
    [['wans', '[fibre, lte]', '[lte, fibre]']],
  )
  await lookAt(page, 'options-3-review')
  assert.equal(house.text, written)

  await house.keepUp()
  await click(page, 'Save')
  await waitForText(page, 'Can you still see this page?')
  assert.match((await page.getByRole('timer').textContent()) ?? '', /^(1:00|0:5\d)$/)
  assert.match(house.text, /^# mine\nwans:\n.*name: lte.*\n.*name: fibre.*# the good one\n/)
  assert.match(house.text, /password: hush/)
  await lookAt(page, 'options-4-confirm')
  await click(page, 'Yes, I can see it')
  await page.getByText('Can you still see this page?').waitFor({ state: 'hidden' })
  await house.pass(120)
  assert.match(house.text, /name: lte.*\n.*name: fibre/)
  assert.deepEqual(complaints, [])
})

test('what nobody confirms is taken back, and said; what was before can be had again', async () => {
  await using house = await OptionsHouse.open()
  await using shown = await show(site.browser, house.house.url, desktop)
  const { page, complaints } = shown
  await openOptions(page)
  await button(page, 'Remove lte').click()
  await button(
    page,
    'Add to WANs: your Internet lines, 2 to 8, the preferred one first (example: primary, gateway 192.168.0.1)',
  ).click()
  await page.getByLabel('Name').nth(1).fill('cable')
  await page.getByLabel('Gateway (IPv4)').nth(1).fill('192.168.2.1')
  await click(page, 'Check the changes')
  await click(page, 'Save')
  await waitForText(page, 'Can you still see this page?')
  const saved = house.text
  assert.match(saved, /name: cable/)
  await house.pass(60)
  await waitForText(page, 'The earlier options are back')
  await waitForText(page, 'nobody confirmed the new ones within 60 s')
  assert.equal(house.text, written)
  await lookAt(page, 'options-5-taken-back')
  await click(page, 'OK')
  await page.getByText('The earlier options are back').waitFor({ state: 'hidden' })

  await openOptions(page)
  await waitForText(page, /The options before the last change, of .*, are kept\./)
  await click(page, 'Put them back')
  await waitForText(page, 'The previous options are back.')
  assert.equal(house.text, saved)
  assert.equal(await page.getByLabel('Name').nth(1).inputValue(), 'cable')
  assert.deepEqual(complaints, [])
})

test('why options were taken back is said in the user’s language', async () => {
  await using house = await OptionsHouse.open()
  const reason =
    'with the new options this host no longer reached the Supervisor, its neighbours on eth0'
  const put_back = { at: new Date().toISOString(), reason }
  house.house.publish({ options_change: { confirm_until: null, put_back } })
  await using shown = await show(site.browser, house.house.url, { ...desktop, locale: 'de-DE' })
  const { page, complaints } = shown
  await waitForText(page, 'Die früheren Optionen gelten wieder')
  const said =
    'mit den neuen Optionen erreichte diese Maschine nicht mehr: den Supervisor, ihre Nachbarn an eth0'
  await waitForText(page, said)
  await lookAt(page, 'options-6-taken-back-de')
  assert.deepEqual(complaints, [])
})

test('a password is never shown, stays when it is left alone, and goes when it is replaced', async () => {
  await using house = await OptionsHouse.open()
  await using shown = await show(site.browser, house.house.url, desktop)
  const { page } = shown
  await openOptions(page)
  await page.locator('summary', { hasText: 'MQTT' }).click()
  const password = page.locator('input[type=password]').first()
  assert.equal(await password.inputValue(), '')
  assert.equal(await password.getAttribute('placeholder'), 'Saved; type to replace it')
  await password.fill('another')
  await click(page, 'Check the changes')
  await waitForText(page, '••• (new)')
  await click(page, 'Save')
  await waitForText(page, 'Can you still see this page?')
  assert.match(house.text, /password: another/)
  assert.doesNotMatch(await page.content(), /another/)
})

test('what others have changed meanwhile is not overwritten', async () => {
  await using house = await OptionsHouse.open()
  await using shown = await show(site.browser, house.house.url, desktop)
  const { page } = shown
  await openOptions(page)
  await button(page, 'Move lte up').click()
  await click(page, 'Check the changes')
  await waitForText(page, 'What changes')
  const byHand = `${written}nat: never\n`
  writeFileSync(house.path, byHand)
  await click(page, 'Save')
  await waitForText(page, /have been changed elsewhere/)
  assert.equal(house.text, byHand)
  await click(page, 'Load again')
  await button(page, 'Move lte up').waitFor({ timeout: deadlineMs })
})

test('who may only read sees the options, and can change nothing', async () => {
  await using house = await OptionsHouse.open('the-key-to-this-house')
  await using shown = await show(site.browser, house.house.url, desktop)
  const { page } = shown
  await openOptions(page)
  await waitForText(page, /run “sudo wan-failover page”/)
  assert.equal(await button(page, 'Check the changes').isDisabled(), true)
  await using opened = await show(
    site.browser,
    `${house.house.url}#key=the-key-to-this-house`,
    desktop,
  )
  await openOptions(opened.page)
  assert.equal(await button(opened.page, 'Check the changes').isDisabled(), false)
})

test('the form speaks the user’s language, labels and all', async () => {
  await using house = await OptionsHouse.open()
  await using shown = await show(site.browser, house.house.url, { ...desktop, locale: 'de-DE' })
  const { page } = shown
  await click(page, 'Optionen')
  await button(page, 'Änderungen prüfen').waitFor({ timeout: deadlineMs })
  await button(page, 'lte nach oben').waitFor()
  assert.ok((await page.getByText('Weitere Einstellungen').count()) >= 3)
})
