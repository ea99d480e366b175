/** Wrong options that the form lets pass: what Home Assistant says, and no more once they are right. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { optionsOf } from '../../lab/house/house.ts'
import { waitFor } from '../../wait-for.ts'
import { Home, homeSkip } from './home.ts'

const problem = 'binary_sensor.wan_failover_problem'
const title = 'WAN Failover: the options are wrong'
const slip = 'wans[1].gateway: found "192.168.0.300", expected an IPv4 address like 192.168.0.2'

interface Notification {
  readonly title: string | null
  readonly message: string
}

describe('with wrong options', { skip: homeSkip(), timeout: 180_000 }, () => {
  let home: Home

  before(async () => {
    home = await Home.open({ supervised: true, options: { wans: wrongWans() } })
  })

  after(async () => {
    await home?.close()
  })

  test('the problem sensor is on, and names the field', async () => {
    await home.homeAssistant.waitForState(problem, 'on', 30_000)
    assert.match(shownProblems(), /wrong option: wans\[1\]\.gateway: found "192\.168\.0\.300"/)
    assert.match(shownProblems(), /observing only: the options are wrong/)
  })

  test('a notification says what stands there and what would be right', async () => {
    const note = await waitFor(notification, { deadlineMs: 15_000, what: 'the notification' })
    assert.ok(note.message.startsWith(`- ${slip}`), note.message)
    assert.match(note.message, /It changes nothing on this machine/)
  })

  test('with right ones both lines are up, and nothing is said any more', async () => {
    home.folder.write(optionsOf(home.lab.plan))
    await home.waitUntilUp()
    await waitFor(async () => (await notification()) === undefined, {
      deadlineMs: 15_000,
      what: 'the notification to go',
    })
    assert.doesNotMatch(shownProblems(), /option/)
  })

  test('a slip then leaves the last right ones in force, over a restart of the add-on', async () => {
    assert.equal(await home.daemon.stop(), 0)
    home.folder.write({ ...optionsOf(home.lab.plan), wans: wrongWans() })
    home.startDaemonAgain()
    const note = await waitFor(notification, { deadlineMs: 30_000, what: 'the notification' })
    assert.match(note.message, /the last right ones stay in force/)
    await home.waitUntilUp()
    await home.waitUntil(() => /wrong option/.test(shownProblems()), 'the sensor to say so', 15_000)
    await home.homeAssistant.waitForState('sensor.wan_failover_active_wan', 'primary')
  })

  function shownProblems(): string {
    const { attributes } = home.homeAssistant.entities[problem] ?? {}
    return JSON.stringify(attributes?.['problems']).replaceAll('\\"', '"')
  }

  async function notification(): Promise<Notification | undefined> {
    const notes = await home.homeAssistant.command<Notification[]>({
      type: 'persistent_notification/get',
    })
    return notes.find((note) => note.title === title)
  }
})

function wrongWans() {
  return [
    { name: 'primary', gateway: '192.168.0.1' },
    { name: 'secondary', gateway: '192.168.0.300' },
  ]
}
