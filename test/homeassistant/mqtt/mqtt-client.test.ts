import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { Aedes } from 'aedes'
import { MqttHomeAssistant } from '../../../src/homeassistant/mqtt/mqtt-client.ts'
import type { Command } from '../../../src/model/decision.ts'
import { exampleEvent, exampleSnapshot, twoWans } from '../../examples/example-snapshot.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { waitFor } from '../../wait-for.ts'
import { BrokerView } from '../broker-view.ts'

describe('with a broker that only knows MQTT 3.1.1', () => {
  let aedes: Aedes
  let server: Server
  let port: number
  let view: BrokerView
  let homeAssistant: MqttHomeAssistant
  const log = new RecordedLog()
  const commands: Command[] = []

  beforeEach(async () => {
    aedes = await Aedes.createBroker()
    server = createServer(aedes.handle)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
    view = await BrokerView.open(port)
    homeAssistant = new MqttHomeAssistant({
      broker: { host: '127.0.0.1', port, username: null, password: null, tls: null },
      baseTopic: 'attic/failover',
      discoveryPrefix: 'ha',
      names: twoWans,
      version: '0.1.0',
      hostName: 'test',
      log,
      onCommand: (command) => commands.push(command),
      timing: { surveyMs: 50, birthDelayMs: { least: 5, most: 10 } },
    })
  })

  afterEach(async () => {
    await homeAssistant.close()
    await view.close()
    await new Promise<void>((resolve) => {
      aedes.close(resolve)
    })
    server.close()
  })

  test('it speaks that, says nothing of it, and keeps to its base topic and prefix', async () => {
    homeAssistant.publish(exampleSnapshot())
    const discoveryAt = 'ha/device/attic_failover/config'
    await waitFor(() => view.newest.has(discoveryAt), { what: 'discovery arrives' })
    assert.equal(view.newest.get('attic/failover/status'), 'online')
    assert.deepEqual(log.lines, [`info: MQTT: connected to the broker 127.0.0.1:${port}`])
    await view.say('attic/failover/mode/set', 'secondary')
    await waitFor(() => commands.length > 0, { what: 'the command is heard' })
    assert.deepEqual(commands, [{ kind: 'set_mode', mode: 'secondary' }])
    await view.say('ha/status', 'online')
    await waitFor(() => view.on(discoveryAt).length === 2, { what: 'discovery comes again' })
    homeAssistant.announce(exampleEvent)
    await waitFor(() => view.on('attic/failover/event').length === 1, { what: 'the event arrives' })
  })
})

describe('without a broker', () => {
  test('publishing and announcing cost nothing, and closing takes no time', async () => {
    const log = new RecordedLog()
    const homeAssistant = new MqttHomeAssistant({
      broker: { host: '127.0.0.1', port: 1, username: null, password: null, tls: null },
      baseTopic: 'wan_failover',
      names: twoWans,
      version: '0.1.0',
      hostName: 'test',
      log,
      onCommand: () => undefined,
    })
    await waitFor(() => log.lines.length > 0, { what: 'it says so' })
    const startMs = performance.now()
    for (let second = 0; second < 3_600; second += 1) {
      homeAssistant.publish(exampleSnapshot({ at: `${second}` }))
      homeAssistant.announce(exampleEvent)
    }
    await homeAssistant.close()
    assert.ok(performance.now() - startMs < 500, 'an hour of snapshots, one a second')
    assert.equal(log.lines.length, 1)
  })
})

describe('with a broker that takes everything and answers nothing', () => {
  test('no more than a hundred events are sent, and closing takes less than 2 s', async () => {
    let receivedBytes = 0
    const server = createServer((socket) => {
      // CONNACK of MQTT 5: success, no session, no properties.
      socket.once('data', () => socket.write(Buffer.from([0x20, 3, 0, 0, 0])))
      socket.on('data', (chunk) => {
        receivedBytes += chunk.length
      })
      socket.on('error', () => socket.destroy())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const log = new RecordedLog()
    const homeAssistant = new MqttHomeAssistant({
      broker: { host: '127.0.0.1', port, username: null, password: null, tls: null },
      baseTopic: 'wan_failover',
      names: twoWans,
      version: '0.1.0',
      hostName: 'test',
      log,
      onCommand: () => undefined,
    })
    await waitFor(() => log.lines.length > 0, { what: 'it is connected' })
    const eventBytes = JSON.stringify(exampleEvent).length
    for (let count = 0; count < 1_000; count += 1) {
      homeAssistant.announce(exampleEvent)
      homeAssistant.publish(exampleSnapshot({ mode: `${count}` }))
    }
    const startMs = performance.now()
    await homeAssistant.close()
    assert.ok(performance.now() - startMs < 2_000)
    assert.ok(receivedBytes > 50 * eventBytes, `${receivedBytes} bytes`)
    assert.ok(receivedBytes < 200 * eventBytes, `${receivedBytes} bytes`)
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
  })
})
