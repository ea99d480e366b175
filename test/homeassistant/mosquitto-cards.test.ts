/** What only a broker of MQTT 5 does with a box's card. */
import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { connectAsync, type IPublishPacket } from 'mqtt'
import { cardTopic, PairChannel } from '../../src/homeassistant/mqtt/pair-channel.ts'
import { settingsOf } from '../examples/settings-of.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { two } from '../options/refused.ts'
import { waitFor } from '../wait-for.ts'
import { DaemonSide } from './daemon-side.ts'
import { Mosquitto, mosquittoSkip, user } from './mosquitto.ts'

const port = 18_831

test('the card of a box that dies is gone from the broker after three minutes', {
  skip: mosquittoSkip(),
}, async () => {
  execFileSync('ip', ['link', 'set', 'lo', 'up'])
  const { pair } = settingsOf(`${two}pair: { address: 192.168.0.5/24 }`)
  assert.ok(pair !== null)
  const mosquitto = new Mosquitto(port)
  await mosquitto.start()
  const channel = new PairChannel({
    ...{ baseTopic: 'wan_failover', pair, card: { version: '1', options: {} } },
    ...{ log: new RecordedLog(), onOther: () => undefined },
  })
  const broker = { host: '127.0.0.1', port, ...user, tls: null }
  const { homeAssistant } = new DaemonSide(broker, { pair: channel })
  const view = await connectAsync({ host: '127.0.0.1', port, ...user, protocolVersion: 5 })
  try {
    let seen: IPublishPacket | null = null
    view.on('message', (_topic, _payload, packet) => {
      seen = packet
    })
    await view.subscribeAsync(cardTopic('wan_failover', pair))
    const packet = await waitFor((): IPublishPacket | null => seen, { what: 'the card arrives' })
    const left = packet.properties?.messageExpiryInterval ?? 0
    assert.ok(left > 170 && left <= 180, `${left} s`)
  } finally {
    await view.endAsync(true)
    await homeAssistant.close()
    await mosquitto.remove()
  }
})
