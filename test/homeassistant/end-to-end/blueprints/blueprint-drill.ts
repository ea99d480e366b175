/** The blueprint that tests the backup every month, in a running Home Assistant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from '../../../../src/model/decision.ts'
import { exampleSnapshot } from '../../../examples/example-snapshot.ts'
import type { Yaml } from '../home-assistant/home-assistant-folder.ts'
import { plugEntity } from '../plug.ts'
import { type BlueprintHome, bothUp, commandsTo, primaryDown } from './blueprint-home.ts'

export function testMonthlyDrill(home: () => BlueprintHome): void {
  const titled = (title: string) => home().phone.waitForPush((push) => push.title === title, title)
  const titles = () => home().phone.pushed.map(({ title }) => title)
  const automate = (input: Yaml) =>
    home().automate('monthly_drill', {
      hold_for: { seconds: 0.3 },
      notify_devices: [home().phone.deviceId],
      ...input,
    })

  /** Begins a drill as its time would, which is half a day away; `ended` when it has reported. */
  const begin = async (input: Yaml = {}) => {
    await automate({ day: clock(0).day, at: clock(12 * 3600).time, ...input })
    const entity_id = 'automation.monthly_drill'
    const now = { entity_id, skip_condition: false }
    return { ended: home().homeAssistant.callService('automation', 'trigger', now) }
  }

  /** The core's part in a test: moves, tells, and comes back. */
  const core = (commands: Command[]) => (command: Command) => {
    commands.push(command)
    if (command.kind !== 'set_test') return
    const moved = command.on
      ? { from: 'primary', to: 'secondary', switch_ms: 16 }
      : { from: 'secondary', to: 'primary', switch_ms: 20 }
    home().announce(command.on ? 'test_started' : 'test_ended', { ...moved, switch_ms: null })
    home().announce(command.on ? 'failover' : 'failback', moved)
    const test_failover = { on: command.on, until: null }
    home().publish(exampleSnapshot({ active: moved.to, test_failover }))
  }

  test('tests at its time, ends the test, and reports how the backup was', async () => {
    const commands: Command[] = []
    home().obey = core(commands)
    const soon = clock(4)
    await automate({ day: soon.day, at: soon.time })
    const { message } = await titled('The backup line works')
    assert.equal(
      message,
      'Traffic moved from primary to secondary in 16 ms. Latency 12 ms. Loss 0 %.',
    )
    assert.deepEqual(commands, [
      { kind: 'set_test', on: true },
      { kind: 'set_test', on: false },
    ])
  })

  test('says that the backup failed when traffic leaves it during the test', async () => {
    const test_failover = { on: true, until: null }
    home().obey = (command) => {
      const isStart = command.kind === 'set_test' && command.on
      home().publish(isStart ? exampleSnapshot({ active: 'secondary', test_failover }) : bothUp)
    }
    const { ended } = await begin({ hold_for: { minutes: 5 } })
    await home().homeAssistant.waitForState('sensor.wan_failover_active_wan', 'secondary')
    const wans = { wan: 'primary', wan6: 'primary' }
    const policies = { default: { ...wans, reason: 'secondary is down: no answer' } }
    home().publish(exampleSnapshot({ policies, test_failover }))
    await ended
    const { message } = await titled('The backup line failed its test')
    assert.equal(message, 'traffic left secondary: secondary is down: no answer.')
  })

  test('says that the backup failed when what must hold on it does not', async () => {
    home().obey = core([])
    const checks = [{ condition: 'state', entity_id: plugEntity, state: 'off' }]
    await (await begin({ checks })).ended
    const { message } = await titled('The backup line failed its test')
    assert.equal(message, 'your conditions for secondary were not met.')
  })

  test('says why the add-on refused the test', async () => {
    home().obey = () => {
      home().publish(exampleSnapshot({ problems: ['a failover test: no other WAN is healthy'] }))
    }
    await (await begin()).ended
    const { message } = await titled('The backup line could not be tested')
    assert.equal(message, 'a failover test: no other WAN is healthy.')
  })

  test('leaves a real failover alone, and says so', async () => {
    const { commands } = commandsTo(home())
    await home().show(primaryDown('secondary'))
    await (await begin()).ended
    const { message } = await titled('Failover test skipped')
    assert.equal(message, 'secondary is in use instead of primary.')
    assert.deepEqual(commands, [])
  })

  test('does nothing on another day, nor where its conditions do not hold', async () => {
    const { commands } = commandsTo(home())
    const day = (clock(0).day % 28) + 1
    const never = [{ condition: 'state', entity_id: plugEntity, state: 'off' }]
    for (const input of [{ day }, { conditions: never }]) await (await begin(input)).ended
    assert.deepEqual([commands, titles()], [[], []])
  })
}

/** Day and time in Home Assistant's time zone, so many seconds from now. */
function clock(laterS: number) {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/London',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(Date.now() + laterS * 1000)
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
  return { day: Number(part('day')), time: `${part('hour')}:${part('minute')}:${part('second')}` }
}
