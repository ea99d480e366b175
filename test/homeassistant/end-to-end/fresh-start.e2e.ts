/**
 * From an add-on that was just installed to a tested failover, as a user goes there: in Home
 * Assistant's own frontend, through its ingress, with options that the Supervisor checks and keeps.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../../web/ui/browser.ts'
import { takeDevicePicture } from './device-picture.ts'
import { Home, homeSkip } from './home.ts'
import type { Heard, HeardEvent } from './home-assistant/home-assistant.ts'
import { browserSkip, looks } from './looks.ts'
import { Panel } from './panel.ts'

const skip = homeSkip() || browserSkip()
const activeWan = 'sensor.wan_failover_active_wan'

describe('an add-on that was just installed', { skip, timeout: 300_000 }, () => {
  let home: Home
  let browser: Browser
  let panel: Panel
  let changes: Heard
  let lines: readonly string[] = []

  before(async () => {
    home = await Home.open({ topology: 'one-subnet', supervised: true, isNew: true })
    changes = await home.homeAssistant.listen('wan_failover_changed')
    browser = await openBrowser()
    await home.daemon.waitForLine(/the web page is at/, { deadlineMs: 60_000 })
    panel = await Panel.open(browser, home)
  })

  after(async () => {
    await browser?.close()
    await home?.close()
  })

  test('finds both lines as soon as its panel is opened', async () => {
    await panel.waitForText('Two different lines. A failover works with them.')
    await panel.takePictures('1-found')
    assert.deepEqual(home.supervisor?.addon.options, {})
  })

  test('has its answers saved by the Supervisor, and goes by them without a restart', async () => {
    const { supervisor, daemon } = home
    await panel.click('Continue')
    await panel.waitForText('Which line comes first?')
    await panel.takePictures('2-questions')
    await panel.click('Continue')
    await panel.waitForText('is the main line.')
    await panel.takePictures('3-use')
    await panel.click('Use this')
    await panel.waitForText('Can you still see this page?')
    await panel.takePictures('4-confirm')
    await panel.click('Yes, I can see it')
    await panel.waitForText('For about ten seconds')
    assert.ok(panel.clicks <= 8, `${panel.clicks} clicks`)
    const saved = supervisor?.addon.options ?? {}
    const wans = saved['wans'] as readonly { name: string; gateway: string }[]
    assert.deepEqual(
      wans.map(({ gateway }) => gateway),
      home.lab.plan.wans.map(({ gateway }) => gateway),
    )
    lines = wans.map(({ name }) => name)
    const asked = supervisor?.requests ?? []
    assert.ok(asked.includes('POST /addons/self/options'))
    assert.ok(!asked.includes('POST /addons/self/restart'))
    assert.ok(daemon.running, 'it is the daemon that was started first')
    await home.homeAssistant.waitForState(activeWan, lines[0] ?? '', 30_000)
  })

  test('moves packets in its test, which Home Assistant shows and tells', async () => {
    const { homeAssistant, lab } = home
    const stream = await lab.client(1).startStream({ newFlows: true })
    await panel.click('Start the test')
    const [first = '', second = ''] = lines
    await homeAssistant.waitForState(activeWan, second, 20_000)
    const there = await changes.waitFor(isChange('failover'), 'the failover', 20_000)
    assert.deepEqual([there.data['from'], there.data['to']], [first, second])
    await stream.waitForWan(2, { afterMs: there.heardMs - 5_000, deadlineMs: 20_000 })
    await panel.waitForText('The failover works')
    await panel.waitForText(`${lab.plan.clients[0].address} used`)
    await homeAssistant.waitForState(activeWan, first, 20_000)
    await changes.waitFor(isChange('failback'), 'the return', 20_000)
    await stream.stop()
    await panel.takePictures('5-report')
    await panel.click('Done')
    await panel.waitForText(`Online through ${first}`)
  })

  test('fails over when the line really dies', async () => {
    const { homeAssistant, lab } = home
    changes.events.length = 0
    await lab.fault({ wan: 1, kind: 'upstream-silent' })
    const [first = '', second = ''] = lines
    await homeAssistant.waitForState(activeWan, second, 20_000)
    const { data } = await changes.waitFor(isChange('failover'), 'the failover', 20_000)
    assert.deepEqual([data['from'], data['to']], [first, second])
    await panel.waitForText(`Online through the backup ${second}`)
    await panel.takePictures('6-failover')
    for (const look of looks.filter(({ name }) => /desktop-light|phone-dark/.test(name))) {
      const texts = ['Active WAN']
      await takeDevicePicture(browser, homeAssistant, { name: 'device-failover', look, texts })
    }
    await lab.repair(1)
    await homeAssistant.waitForState(`sensor.wan_failover_${first}_state`, 'up', 60_000)
  })

  test('is shown a slip at its field, and what only the Supervisor knows to be wrong', async () => {
    const saved = home.supervisor?.addon.options
    const { frame } = panel
    await panel.click('Options')
    const gateway = frame.getByLabel('Gateway (IPv4)').nth(1)
    const before = await gateway.inputValue()
    await gateway.fill('192.168.0.300')
    await panel.click('Check the changes')
    await panel.waitForText(/Found "192\.168\.0\.300"\. Right would be: an IPv4 address like/)
    assert.equal(await gateway.getAttribute('aria-invalid'), 'true')
    await panel.takePictures('7-slip')
    await gateway.fill(before)
    await frame.locator('summary', { hasText: 'MQTT' }).click()
    await frame.getByLabel('User name').fill('wan_failover')
    const password = frame.locator('input[type=password]').first()
    await password.fill('!secret broker')
    await panel.click('Check the changes')
    await panel.waitForText(/Right would be: a secret that stands in the secrets\.yaml/)
    assert.equal(await password.getAttribute('aria-invalid'), 'true')
    await panel.takePictures('8-refused')
    assert.equal(home.supervisor?.addon.options, saved, 'nothing was saved')
    assert.deepEqual(panel.complaints, [])
  })
})

function isChange(type: string) {
  return ({ data }: HeardEvent) => data['event_type'] === type
}
