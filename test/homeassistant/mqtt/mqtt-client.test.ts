import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { exampleEvent, exampleSnapshot } from '../../examples/example-snapshot.ts'
import { EmbeddedBroker } from '../../fakes/embedded-broker.ts'
import { waitFor } from '../../wait-for.ts'
import { BrokerView } from '../broker-view.ts'
import { DaemonSide, plainBroker } from '../daemon-side.ts'

describe('with a broker that only knows MQTT 3.1.1', () => {
  let broker: EmbeddedBroker
  let view: BrokerView
  let daemon: DaemonSide

  beforeEach(async () => {
    broker = await EmbeddedBroker.start()
    view = await BrokerView.open(broker.port)
    daemon = new DaemonSide(plainBroker(broker.port), {
      baseTopic: 'attic/failover',
      discoveryPrefix: 'ha',
      timing: { surveyMs: 50, birthDelayMs: { least: 5, most: 10 } },
    })
  })

  afterEach(async () => {
    await daemon.homeAssistant.close()
    await view.close()
    await broker.close()
  })

  test('it speaks that, says nothing of it, and keeps to its base topic and prefix', async () => {
    const { homeAssistant, log, commands } = daemon
    homeAssistant.publish(exampleSnapshot())
    const discoveryAt = 'ha/device/attic_failover/config'
    await waitFor(() => view.newest.has(discoveryAt), { what: 'discovery arrives' })
    assert.equal(view.newest.get('attic/failover/status'), 'online')
    assert.deepEqual(log.lines, [`info: MQTT: connected to the broker 127.0.0.1:${broker.port}`])
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
    const { homeAssistant, log } = new DaemonSide(plainBroker(1))
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
    const { homeAssistant, log } = new DaemonSide(plainBroker(port))
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
