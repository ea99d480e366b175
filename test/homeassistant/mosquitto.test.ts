import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, before, beforeEach, describe, test } from 'node:test'
import type { Broker } from '../../src/homeassistant/mqtt/broker.ts'
import { forgetHomeAssistant } from '../../src/homeassistant/mqtt/forget.ts'
import type { MqttHomeAssistantOptions } from '../../src/homeassistant/mqtt/mqtt-client.ts'
import { exampleEvent, exampleSnapshot, exampleWanSnapshot } from '../examples/example-snapshot.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { waitFor } from '../wait-for.ts'
import { BrokerView } from './broker-view.ts'
import { DaemonSide } from './daemon-side.ts'
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
    await waitFor(() => view.newest.has(discoveryAt), { what: 'discovery arrives' })
    await waitFor(() => view.newest.has('wan_failover/mode/state'), {
      what: 'the last state arrives',
    })
    const late = await BrokerView.open(mosquitto.port, user)
    await waitFor(() => late.newest.has(discoveryAt), { what: 'a late comer gets it too' })
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
    await waitFor(() => view.newest.has('wan_failover/mode/state'), {
      what: 'the first state arrives',
    })
    for (let latency = 1; latency <= 500; latency += 1) {
      const wans = {
        primary: exampleWanSnapshot({ latency_ms: latency }),
        secondary: exampleWanSnapshot(),
      }
      homeAssistant.publish(exampleSnapshot({ at: `${latency}`, wans }))
    }
    const newest = () => view.newest.get('wan_failover/wan/primary/state') ?? ''
    await waitFor(() => newest().includes('"latency_ms":500'), { what: 'the newest arrives' })
    const states = view.on('wan_failover/wan/primary/state')
    assert.ok(states.length <= 4, `500 snapshots became ${states.length} messages`)
    assert.equal(view.on('wan_failover/mode/state').length, 1)
    assert.equal(view.on('wan_failover/test_failover/state').length, 1)
  })

  test('announces an event once, not retained', async () => {
    const { homeAssistant } = daemon()
    await waitFor(() => view.newest.get('wan_failover/status') === 'online', {
      what: 'it is online',
    })
    homeAssistant.announce(exampleEvent)
    await waitFor(() => view.on('wan_failover/event').length === 1, { what: 'the event arrives' })
    assert.deepEqual(JSON.parse(view.on('wan_failover/event')[0] ?? ''), exampleEvent)
    const late = await BrokerView.open(mosquitto.port, user)
    await waitFor(() => late.newest.has('wan_failover/status'), {
      what: 'the retained ones arrive',
    })
    assert.deepEqual(late.on('wan_failover/event'), [])
    await late.close()
  })

  test('carries out commands, and refuses garbage with one line', async () => {
    const { commands, log } = daemon()
    await view.say('wan_failover/test_failover/set', 'ON', true)
    await waitFor(() => view.newest.has(discoveryAt), { what: 'discovery arrives' })
    await view.say('wan_failover/mode/set', 'third')
    await view.say('wan_failover/mode/set', Buffer.from([0xc3, 0x28]))
    await view.say('wan_failover/mode/set', 'x'.repeat(500_000))
    await view.say('wan_failover/mode/set', 'primary', true)
    await view.say('wan_failover/test_failover/set', 'ON')
    await view.say('wan_failover/policy/kids_tablet/set', 'primary')
    await view.say('wan_failover/failback/set', 'PRESS')
    await waitFor(() => commands.length >= 3, { what: 'the good ones came through' })
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
    await waitFor(() => view.newest.has(discoveryAt), { what: 'discovery arrives' })
    await view.say('wan_failover/mode/set', 'x'.repeat(8_000_000))
    await view.say('wan_failover/failback/set', 'PRESS')
    await waitFor(() => commands.length === 1, { what: 'the command came through' })
    assert.deepEqual(log.lines, ['info: MQTT: connected to the broker 127.0.0.1:18830'])
  })

  test('is said to be offline by its last will when its process is killed', async () => {
    const { username, password } = user
    const program = join(import.meta.dirname, 'client-process.ts')
    const child = spawn(process.execPath, [program, `${mosquitto.port}`, username, password])
    await waitFor(() => view.newest.get('wan_failover/status') === 'online', {
      what: 'it is online',
    })
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
    await waitFor(() => view.newest.get('wan_failover/status') === 'offline', {
      what: 'it is offline',
    })
  })

  test('contradicts the late last will of a connection it replaced', async () => {
    daemon()
    await waitFor(() => view.newest.get('wan_failover/status') === 'online', {
      what: 'it is online',
    })
    await view.say('wan_failover/status', 'offline', true)
    await waitFor(() => view.newest.get('wan_failover/status') === 'online', { what: 'it says so' })
  })

  test('sends everything again after Home Assistant was born', async () => {
    daemon().homeAssistant.publish(exampleSnapshot())
    await waitFor(() => view.on(discoveryAt).length === 1, { what: 'discovery arrives' })
    await view.say('homeassistant/status', 'online')
    await waitFor(() => view.on(discoveryAt).length === 2, { what: 'discovery again' })
    await waitFor(() => view.on('wan_failover/state').length === 2, { what: 'state again' })
  })

  test('comes back after the broker restarted, and gives it all anew', async () => {
    const { homeAssistant, log } = daemon()
    homeAssistant.publish(exampleSnapshot())
    await waitFor(() => view.newest.has(discoveryAt), { what: 'discovery arrives' })
    await mosquitto.stop()
    await waitFor(() => log.matching(/lost/).length === 1, { what: 'the loss is logged' })
    for (let round = 0; round < 1_000; round += 1) {
      homeAssistant.announce(exampleEvent)
      homeAssistant.publish(exampleSnapshot({ mode: round === 999 ? 'secondary' : 'primary' }))
    }
    await waitFor(() => log.matching(/nothing answers/).length === 1, {
      what: 'refusals are logged',
    })
    view.newest.clear()
    await mosquitto.start()
    await waitFor(() => view.newest.has(discoveryAt), { what: 'discovery is there again' })
    const mode = () => view.newest.get('wan_failover/mode/state')
    await waitFor(() => mode() === 'secondary', { what: 'the newest state is there' })
    assert.equal(view.newest.get('wan_failover/status'), 'online')
    assert.deepEqual(view.on('wan_failover/event'), [], 'no event was kept')
    assert.ok(!view.on('wan_failover/mode/state').includes('primary'), 'no older state was kept')
    assert.equal(log.matching(/nothing answers/).length, 1)
    assert.equal(log.matching(/info: MQTT: connected/).length, 2)
  })

  test('logs a wrong password once, never the password, and the return once', async () => {
    const wrong = daemon({ broker: { ...broker(), password: 'wrong-8841' } })
    await waitFor(() => wrong.retries >= 5, { what: 'it tried again and again' })
    assert.deepEqual(wrong.log.lines, [
      'warn: MQTT: the broker 127.0.0.1:18830 refuses the user name wan_failover or its password; ' +
        'there is no connection, it tries again at least every 1 s',
    ])
    mosquitto.setPassword('wrong-8841')
    await waitFor(() => wrong.log.lines.length > 1, { what: 'it came in' })
    assert.deepEqual(wrong.log.lines.slice(1), [
      'info: MQTT: connected to the broker 127.0.0.1:18830',
    ])
    assert.ok(!wrong.log.lines.join().includes('wrong-8841'))
  })

  test('drops what was renamed, and what that had retained', async () => {
    const before = { wans: [{ name: 'primary' }, { name: 'lte' }], policies: [] }
    const earlier = daemon({ names: before })
    const wans = { primary: exampleWanSnapshot(), lte: exampleWanSnapshot() }
    earlier.homeAssistant.publish(exampleSnapshot({ wans }))
    await waitFor(() => view.newest.has(discoveryAt), { what: 'discovery arrives' })
    await waitFor(() => view.newest.has('wan_failover/wan/lte/state'), {
      what: 'the state arrives',
    })
    await earlier.homeAssistant.close()
    await view.say('other/wan/lte/state', 'not ours', true)

    daemon().homeAssistant.publish(exampleSnapshot())
    await waitFor(() => !view.newest.has('wan_failover/wan/lte/state'), {
      what: 'the old state is gone',
    })
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
    await waitFor(() => view.newest.get('wan_failover/status') === 'online', {
      what: 'it is online',
    })
    const startMs = performance.now()
    await Promise.all([homeAssistant.close(), homeAssistant.close()])
    assert.ok(performance.now() - startMs < 500)
    await waitFor(() => view.newest.get('wan_failover/status') === 'offline', {
      what: 'it is offline',
    })
  })

  test('is gone within two seconds from a broker that hangs', async () => {
    const { homeAssistant } = daemon()
    await waitFor(() => view.newest.has(discoveryAt), { what: 'discovery arrives' })
    mosquitto.signal('SIGSTOP')
    homeAssistant.publish(exampleSnapshot())
    const startMs = performance.now()
    await homeAssistant.close()
    const tookMs = performance.now() - startMs
    mosquitto.signal('SIGCONT')
    assert.ok(tookMs < 2_000, `${tookMs} ms`)
    assert.ok(tookMs > 500, 'the broker did hang')
    await waitFor(() => view.newest.get('wan_failover/status') === 'offline', {
      what: 'the will is spoken',
    })
  })

  test('is forgotten by the broker, but for what others retained', async () => {
    const { homeAssistant, log } = daemon()
    homeAssistant.publish(exampleSnapshot())
    await waitFor(() => view.newest.has(discoveryAt), { what: 'discovery arrives' })
    await homeAssistant.close()
    await view.say('wan_failover/notes', 'the user wrote this', true)
    const card = 'wan_failover/pair/51/192.168.0.5/first'
    await view.say(card, 'a box that died has left it', true)
    const alsoOurs = [card]
    const options = { broker: broker(), baseTopic: 'wan_failover', alsoOurs, log, surveyMs: 200 }
    const forgotten = await forgetHomeAssistant(options)
    assert.equal(forgotten.kind === 'forgotten' ? forgotten.topics[0] : '', discoveryAt)
    const late = await BrokerView.open(mosquitto.port, user)
    await waitFor(() => late.newest.has('wan_failover/notes'), { what: 'what stays arrives' })
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
    await waitFor(() => log.matching(/refuses us/).length === 1, { what: 'discovery is refused' })
    await view.say('wan_failover/failback/set', 'PRESS')
    await waitFor(() => daemons[0]?.commands.length === 1, { what: 'commands are heard' })
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
