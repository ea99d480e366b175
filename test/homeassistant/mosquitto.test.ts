import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, before, beforeEach, describe, test } from 'node:test'
import type { Broker } from '../../src/homeassistant/mqtt/broker.ts'
import { forgetHomeAssistant } from '../../src/homeassistant/mqtt/forget.ts'
import type { MqttHomeAssistantOptions } from '../../src/homeassistant/mqtt/mqtt-client.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { BrokerView } from './broker-view.ts'
import { DaemonSide } from './daemon-side.ts'
import { eventually } from './eventually.ts'
import { exampleEvent, exampleSnapshot, exampleWan } from './example-snapshot.ts'
import { Mosquitto, mosquittoSkip, user } from './mosquitto.ts'

const discoveryAt = 'homeassistant/device/wan_failover/config'
describe('with a real Mosquitto', { skip: mosquittoSkip(), timeout: 120_000 }, () => {
  let mosquitto: Mosquitto
  let view: BrokerView
  let daemons: DaemonSide[] = []

  const broker = (): Broker => ({ host: '127.0.0.1', port: mosquitto.port, ...user, tls: null })

  function daemon(
    changes: Partial<MqttHomeAssistantOptions> & { broker?: Broker } = {},
  ): DaemonSide {
    const started = new DaemonSide(changes.broker ?? broker(), changes)
    daemons.push(started)
    return started
  }

  before(() => {
    execFileSync('ip', ['link', 'set', 'lo', 'up'])
  })

  beforeEach(async () => {
    mosquitto = new Mosquitto(18_830)
    await mosquitto.start()
    view = await BrokerView.open(mosquitto.port, user)
    daemons = []
  })

  afterEach(async () => {
    await Promise.all(daemons.map((each) => each.homeAssistant.close()))
    await view.close()
    await mosquitto.remove()
  })

  test('says online and publishes discovery and every state, retained', async () => {
    daemon().homeAssistant.publish(exampleSnapshot())
    await eventually('discovery arrives', () => view.newest.has(discoveryAt))
    await eventually('the last state arrives', () => view.newest.has('wan_failover/mode/state'))
    const late = await BrokerView.open(mosquitto.port, user)
    await eventually('a late comer gets it too', () => late.newest.has(discoveryAt))
    assert.deepEqual([...late.newest.keys()].sort(), [
      discoveryAt,
      'wan_failover/mode/state',
      'wan_failover/policy/kids_tablet/state',
      'wan_failover/state',
      'wan_failover/status',
      'wan_failover/test_failover/state',
      'wan_failover/wan/primary/state',
      'wan_failover/wan/secondary/state',
    ])
    assert.ok(late.seen.every((each) => each.retained))
    assert.equal(late.newest.get('wan_failover/status'), 'online')
    await late.close()
  })

  test('publishes only what changed, and the newest of many snapshots', async () => {
    const { homeAssistant } = daemon()
    homeAssistant.publish(exampleSnapshot())
    await eventually('the first state arrives', () => view.newest.has('wan_failover/mode/state'))
    for (let latency = 1; latency <= 500; latency += 1) {
      const wans = { primary: exampleWan({ latency_ms: latency }), secondary: exampleWan() }
      homeAssistant.publish(exampleSnapshot({ at: `${latency}`, wans }))
    }
    const newest = () => view.newest.get('wan_failover/wan/primary/state') ?? ''
    await eventually('the newest arrives', () => newest().includes('"latency_ms":500'))
    const states = view.on('wan_failover/wan/primary/state')
    assert.ok(states.length <= 4, `500 snapshots became ${states.length} messages`)
    assert.equal(view.on('wan_failover/mode/state').length, 1)
    assert.equal(view.on('wan_failover/test_failover/state').length, 1)
  })

  test('announces an event once, not retained', async () => {
    const { homeAssistant } = daemon()
    await eventually('it is online', () => view.newest.get('wan_failover/status') === 'online')
    homeAssistant.announce(exampleEvent)
    await eventually('the event arrives', () => view.on('wan_failover/event').length === 1)
    assert.deepEqual(JSON.parse(view.on('wan_failover/event')[0] ?? ''), exampleEvent)
    const late = await BrokerView.open(mosquitto.port, user)
    await eventually('the retained ones arrive', () => late.newest.has('wan_failover/status'))
    assert.deepEqual(late.on('wan_failover/event'), [])
    await late.close()
  })

  test('carries out commands, and refuses garbage with one line', async () => {
    const { commands, log } = daemon()
    await view.say('wan_failover/test_failover/set', 'ON', true)
    await eventually('discovery arrives', () => view.newest.has(discoveryAt))
    await view.say('wan_failover/mode/set', 'third')
    await view.say('wan_failover/mode/set', Buffer.from([0xc3, 0x28]))
    await view.say('wan_failover/mode/set', 'x'.repeat(500_000))
    await view.say('wan_failover/mode/set', 'primary', true)
    await view.say('wan_failover/test_failover/set', 'ON')
    await view.say('wan_failover/policy/kids_tablet/set', 'primary')
    await view.say('wan_failover/failback/set', 'PRESS')
    await eventually('the good ones came through', () => commands.length >= 3)
    assert.deepEqual(commands, [
      { kind: 'set_test', on: true },
      { kind: 'set_policy', policy: 'kids_tablet', wan: 'primary' },
      { kind: 'fail_back' },
    ])
    assert.equal(log.matching(/refused a message/).length, 1)
    assert.equal(log.matching(/lost/).length, 0)
  })

  test('is spared messages of megabytes by the broker, and hears what comes after', async () => {
    const { commands, log } = daemon()
    await eventually('discovery arrives', () => view.newest.has(discoveryAt))
    await view.say('wan_failover/mode/set', 'x'.repeat(8_000_000))
    await view.say('wan_failover/failback/set', 'PRESS')
    await eventually('the command came through', () => commands.length === 1)
    assert.deepEqual(log.lines, ['info: MQTT: connected to the broker 127.0.0.1:18830'])
  })

  test('is said to be offline by its last will when its process is killed', async () => {
    const { username, password } = user
    const program = join(import.meta.dirname, 'client-process.ts')
    const child = spawn(process.execPath, [program, `${mosquitto.port}`, username, password])
    await eventually('it is online', () => view.newest.get('wan_failover/status') === 'online')
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
    await eventually('it is offline', () => view.newest.get('wan_failover/status') === 'offline')
  })

  test('contradicts the late last will of a connection it replaced', async () => {
    daemon()
    await eventually('it is online', () => view.newest.get('wan_failover/status') === 'online')
    await view.say('wan_failover/status', 'offline', true)
    await eventually('it says so', () => view.newest.get('wan_failover/status') === 'online')
  })

  test('sends everything again after Home Assistant was born', async () => {
    daemon().homeAssistant.publish(exampleSnapshot())
    await eventually('discovery arrives', () => view.on(discoveryAt).length === 1)
    await view.say('homeassistant/status', 'online')
    await eventually('discovery again', () => view.on(discoveryAt).length === 2)
    await eventually('state again', () => view.on('wan_failover/state').length === 2)
  })

  test('comes back after the broker restarted, and gives it all anew', async () => {
    const { homeAssistant, log } = daemon()
    homeAssistant.publish(exampleSnapshot())
    await eventually('discovery arrives', () => view.newest.has(discoveryAt))
    await mosquitto.stop()
    await eventually('the loss is logged', () => log.matching(/lost/).length === 1)
    for (let round = 0; round < 1_000; round += 1) {
      homeAssistant.announce(exampleEvent)
      homeAssistant.publish(exampleSnapshot({ mode: round === 999 ? 'secondary' : 'primary' }))
    }
    await eventually('refusals are logged', () => log.matching(/nothing answers/).length === 1)
    view.newest.clear()
    await mosquitto.start()
    await eventually('discovery is there again', () => view.newest.has(discoveryAt))
    const mode = () => view.newest.get('wan_failover/mode/state')
    await eventually('the newest state is there', () => mode() === 'secondary')
    assert.equal(view.newest.get('wan_failover/status'), 'online')
    assert.deepEqual(view.on('wan_failover/event'), [], 'no event was kept')
    assert.ok(!view.on('wan_failover/mode/state').includes('primary'), 'no older state was kept')
    assert.equal(log.matching(/nothing answers/).length, 1)
    assert.equal(log.matching(/info: MQTT: connected/).length, 2)
  })

  test('logs a wrong password once, never the password, and the return once', async () => {
    const wrong = daemon({ broker: { ...broker(), password: 'wrong-8841' } })
    await eventually('it tried again and again', () => wrong.retries >= 5)
    assert.deepEqual(wrong.log.lines, [
      'warn: MQTT: the broker 127.0.0.1:18830 refuses the user name wan_failover or its password; ' +
        'there is no connection, it tries again at least every 1 s',
    ])
    mosquitto.setPassword('wrong-8841')
    await eventually('it came in', () => wrong.log.lines.length > 1)
    assert.deepEqual(wrong.log.lines.slice(1), [
      'info: MQTT: connected to the broker 127.0.0.1:18830',
    ])
    assert.ok(!wrong.log.lines.join().includes('wrong-8841'))
  })

  test('drops what was renamed, and what that had retained', async () => {
    const before = { wans: [{ name: 'primary' }, { name: 'lte' }], policies: [] }
    const earlier = daemon({ names: before })
    const wans = { primary: exampleWan(), lte: exampleWan() }
    earlier.homeAssistant.publish(exampleSnapshot({ wans }))
    await eventually('discovery arrives', () => view.newest.has(discoveryAt))
    await eventually('the state arrives', () => view.newest.has('wan_failover/wan/lte/state'))
    await earlier.homeAssistant.close()
    await view.say('other/wan/lte/state', 'not ours', true)

    daemon().homeAssistant.publish(exampleSnapshot())
    await eventually('the old state is gone', () => !view.newest.has('wan_failover/wan/lte/state'))
    const [, dropping, current, ...more] = view.on(discoveryAt).map((text) => JSON.parse(text))
    assert.deepEqual(more, [])
    assert.deepEqual(dropping.components.wan_lte_connectivity, { platform: 'binary_sensor' })
    assert.deepEqual(dropping.components.wan_lte_latency, { platform: 'sensor' })
    assert.equal(dropping.components.wan_primary_latency.unit_of_measurement, 'ms')
    assert.equal(current.components.wan_lte_latency, undefined)
    assert.ok(current.components.wan_secondary_latency)
    assert.equal(view.newest.get('other/wan/lte/state'), 'not ours')
  })

  test('says offline and is gone within two seconds', async () => {
    const { homeAssistant } = daemon()
    homeAssistant.publish(exampleSnapshot())
    await eventually('it is online', () => view.newest.get('wan_failover/status') === 'online')
    const startMs = performance.now()
    await Promise.all([homeAssistant.close(), homeAssistant.close()])
    assert.ok(performance.now() - startMs < 500)
    await eventually('it is offline', () => view.newest.get('wan_failover/status') === 'offline')
  })

  test('is gone within two seconds from a broker that hangs', async () => {
    const { homeAssistant } = daemon()
    await eventually('discovery arrives', () => view.newest.has(discoveryAt))
    mosquitto.signal('SIGSTOP')
    homeAssistant.publish(exampleSnapshot())
    const startMs = performance.now()
    await homeAssistant.close()
    const tookMs = performance.now() - startMs
    mosquitto.signal('SIGCONT')
    assert.ok(tookMs < 2_000, `${tookMs} ms`)
    assert.ok(tookMs > 500, 'the broker did hang')
    await eventually(
      'the will is spoken',
      () => view.newest.get('wan_failover/status') === 'offline',
    )
  })

  test('is forgotten by the broker, but for what others retained', async () => {
    const { homeAssistant, log } = daemon()
    homeAssistant.publish(exampleSnapshot())
    await eventually('discovery arrives', () => view.newest.has(discoveryAt))
    await homeAssistant.close()
    await view.say('wan_failover/notes', 'the user wrote this', true)
    const options = { broker: broker(), baseTopic: 'wan_failover', log, surveyMs: 200 }
    const forgotten = await forgetHomeAssistant(options)
    assert.equal(forgotten.kind === 'forgotten' ? forgotten.topics[0] : '', discoveryAt)
    const late = await BrokerView.open(mosquitto.port, user)
    await eventually('what stays arrives', () => late.newest.has('wan_failover/notes'))
    assert.deepEqual([...late.newest.keys()], ['wan_failover/notes'])
    await late.close()
    assert.deepEqual(await forgetHomeAssistant(options), { kind: 'forgotten', topics: [] })
  })

  test('names a topic that its user has no right to, and goes on', async () => {
    await mosquitto.remove()
    mosquitto = new Mosquitto(18_830, { tls: false, acl: ['topic readwrite wan_failover/#'] })
    await mosquitto.start()
    const { homeAssistant, log } = daemon()
    homeAssistant.publish(exampleSnapshot())
    await eventually('discovery is refused', () => log.matching(/refuses us/).length === 1)
    await view.say('wan_failover/failback/set', 'PRESS')
    await eventually('commands are heard', () => daemons[0]?.commands.length === 1)
    assert.match(log.lines[1] ?? '', /refuses us homeassistant.device.wan_failover.config /)
    assert.equal(log.matching(/lost/).length, 0)
  })

  test('can only be told that nothing was forgotten where no broker is', async () => {
    await mosquitto.stop()
    const options = { broker: broker(), baseTopic: 'wan_failover', log: new RecordedLog() }
    const forgotten = await forgetHomeAssistant({ ...options, timeoutMs: 300 })
    assert.deepEqual(forgotten, { kind: 'no_connection' })
    await view.close()
  })
})
