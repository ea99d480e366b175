import '../../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, afterEach, before, describe, test } from 'node:test'
import { parse } from 'yaml'
import { mosquittoSkip } from '../../mosquitto.ts'
import { homeAssistantSkip } from '../home-assistant/home-assistant-process.ts'
import { plugEntity } from '../plug.ts'
import { testDynamicDns } from './blueprint-dns.ts'
import { testMonthlyDrill } from './blueprint-drill.ts'
import { BlueprintHome, blueprintNames, bothUp } from './blueprint-home.ts'
import { testRestartModem } from './blueprint-modem.ts'
import { testNightlyCheck } from './blueprint-nightly.ts'
import { testNotifyOnChange } from './blueprint-notify.ts'
import { testMonthlyReport } from './blueprint-report.ts'
import { testSaveVolume } from './blueprint-volume.ts'

const skip = mosquittoSkip() || homeAssistantSkip()

describe('the blueprints in Home Assistant', { skip, timeout: 480_000 }, () => {
  let home: BlueprintHome

  before(async () => {
    home = await BlueprintHome.open()
  })
  after(async () => await home?.close())
  afterEach(async () => {
    home.obey = () => undefined
    home.phone.pushed.length = 0
    home.plug.told.length = 0
    // No automation of one test may act in the next.
    await home.homeAssistant.writeAutomations([])
    await home.show(bothUp)
  })

  test('are all known to Home Assistant, without an error', async () => {
    const known = await home.homeAssistant.command<Record<string, { metadata?: unknown }>>({
      type: 'blueprint/list',
      domain: 'automation',
    })
    for (const name of blueprintNames) {
      assert.ok(known[`wan_failover/${name}`]?.metadata, `${name}: ${JSON.stringify(known)}`)
    }
  })

  describe('notify on a change', () => testNotifyOnChange(() => home))
  describe('the monthly drill', () => testMonthlyDrill(() => home))
  describe('restarting the modem', () => testRestartModem(() => home))
  describe('dynamic DNS', () => testDynamicDns(() => home))
  describe('the nightly check', () => testNightlyCheck(() => home))
  describe('the monthly report', () => testMonthlyReport(() => home))
  describe('saving volume', () => testSaveVolume(() => home))

  test('the automation in DOCS.md does what it is written for', async () => {
    const docs = readFileSync(new URL('../../../../DOCS.md', import.meta.url), 'utf8')
    const [, text = ''] = /^```yaml\n(alias: [^`]*)^```$/m.exec(docs) ?? []
    const automation = parse(text.replace('switch.nas_backup', plugEntity))
    await home.homeAssistant.writeAutomations([{ id: 'docs', ...automation }])
    home.announce('wan_down', { wan: 'dsl' })
    home.announce('failover', { from: 'dsl', to: 'lte' })
    await home.homeAssistant.waitForState(plugEntity, 'off')
    home.announce('failback', { from: 'lte', to: 'dsl' })
    await home.homeAssistant.waitForState(plugEntity, 'on')
  })

  test('have left no warning and no error in the log of Home Assistant', () => {
    const about = /automation|blueprint|script|template|notify|mqtt|switch/i
    const messages = home.homeAssistant.folder.messages().filter((line) => about.test(line))
    assert.deepEqual(messages, [])
  })
})
