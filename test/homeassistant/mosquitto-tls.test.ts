import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import type { Broker } from '../../src/homeassistant/mqtt/broker.ts'
import { waitFor } from '../wait-for.ts'
import { DaemonSide } from './daemon-side.ts'
import { Mosquitto, mosquittoSkip, user } from './mosquitto.ts'

describe('with a real Mosquitto over TLS', { skip: mosquittoSkip(), timeout: 60_000 }, () => {
  let mosquitto: Mosquitto
  const broker = (tls: Broker['tls'], port = mosquitto.port): Broker => ({
    host: '127.0.0.1',
    port,
    ...user,
    tls,
  })

  before(async () => {
    execFileSync('ip', ['link', 'set', 'lo', 'up'])
    mosquitto = new Mosquitto(18_831, { tls: true })
    await mosquitto.start()
  })

  after(async () => {
    await mosquitto.remove()
  })

  for (const [name, tls] of [
    ['connects with the CA file', () => ({ caFile: mosquitto.caFile, verify: true })],
    ['connects to any certificate where told so', () => ({ caFile: null, verify: false })],
  ] as const) {
    test(name, async () => {
      const { homeAssistant, log } = new DaemonSide(broker(tls()))
      await waitFor(() => log.matching(/connected/).length === 1, { what: 'it is connected' })
      await homeAssistant.close()
      assert.equal(log.lines.length, 1)
    })
  }

  test('says that its CA file is in the wrong folder, in one line', async () => {
    const tls = { caFile: mosquitto.caFile, verify: true }
    const daemon = new DaemonSide({ ...broker(tls), caFolder: '/proc/self/net' })
    await waitFor(() => daemon.retries >= 4, { what: 'it tried again and again' })
    await daemon.homeAssistant.close()
    assert.equal(daemon.log.lines.length, 1, daemon.log.lines.join('\n'))
    assert.match(daemon.log.lines[0] ?? '', /MQTT: mqtt.tls_ca_file leads out of \/proc\/self\/net/)
  })

  for (const [name, tls, line] of [
    [
      'refuses a certificate of somebody unknown',
      () => ({ caFile: null, verify: true }),
      /the certificate of the broker 127.0.0.1:18831 is signed by an unknown authority/,
    ],
    [
      'says that its CA file is missing',
      () => ({ caFile: '/nowhere/ca.crt', verify: true }),
      /certificate authority's file \(mqtt.tls_ca_file\) can't be read/,
    ],
    [
      'says that the broker cut it off where TLS was left out',
      () => null,
      /the broker 127.0.0.1:18831 (cut|closed) the connection/,
    ],
  ] as const) {
    test(`${name}, in one line`, async () => {
      const daemon = new DaemonSide(broker(tls()))
      await waitFor(() => daemon.retries >= 4, { what: 'it tried again and again' })
      await daemon.homeAssistant.close()
      assert.equal(daemon.log.lines.length, 1, daemon.log.lines.join('\n'))
      assert.match(daemon.log.lines[0] ?? '', line)
    })
  }

  test('names a plain port that does not speak TLS', async () => {
    const plain = new Mosquitto(18_832)
    await plain.start()
    const { homeAssistant, log } = new DaemonSide(
      broker({ caFile: null, verify: true }, plain.port),
    )
    await waitFor(() => log.lines.length > 0, { what: 'it is logged' })
    await homeAssistant.close()
    await plain.remove()
    assert.match(log.lines[0] ?? '', /127.0.0.1:18832 doesn't speak TLS|cut the connection/)
  })
})
