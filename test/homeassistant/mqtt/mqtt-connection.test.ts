import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Broker, connectOptions, faultText } from '../../../src/homeassistant/mqtt/broker.ts'
import { retryDelayMs } from '../../../src/homeassistant/retries.ts'

const broker: Broker = {
  host: 'broker.local',
  port: 1883,
  username: 'wan',
  password: 'hush-5512',
  tls: null,
}

describe('the distance between two attempts', () => {
  test('doubles up to a minute, half of it by chance', () => {
    const retry = { firstMs: 1_000, lastMs: 60_000, stableMs: 30_000 }
    const spans = [0, 1, 2, 5, 6, 2_000].map(
      (failures) => `${retryDelayMs(failures, retry, 0)}–${retryDelayMs(failures, retry, 1)}`,
    )
    assert.deepEqual(spans, [
      '500–1000',
      '1000–2000',
      '2000–4000',
      '16000–32000',
      '30000–60000',
      '30000–60000',
    ])
  })
})

describe('trouble with the broker is said in plain words:', () => {
  const rows: readonly (readonly [unknown, string])[] = [
    [{ code: 4 }, 'the broker broker.local:1883 refuses the user name wan or its password'],
    [{ code: 135 }, 'the broker broker.local:1883 refuses the user name wan or its password'],
    [{ code: 142 }, 'the broker broker.local:1883 ends the connection: Session taken over'],
    [{ code: 999 }, 'the broker broker.local:1883 ends the connection: code 999'],
    [{ code: 'ENOTFOUND' }, "the name of the broker broker.local:1883 can't be resolved"],
    [{ code: 'EHOSTUNREACH' }, "the broker broker.local:1883 can't be reached"],
    [{ code: 'CERT_HAS_EXPIRED' }, 'the certificate of the broker broker.local:1883 has expired'],
    [null, 'the broker broker.local:1883 closed the connection'],
    [new Error('odd: hush-5512'), 'the connection to the broker broker.local:1883 failed: odd: …'],
  ]
  for (const [error, text] of rows) {
    test(text, () => assert.equal(faultText(error, broker), text))
  }

  test('a missing user name is named as such', () => {
    assert.equal(
      faultText({ code: 5 }, { ...broker, username: null }),
      'the broker broker.local:1883 wants a user name and a password',
    )
  })
})

test('the library keeps no table of numbers, which would be 9 MB', () => {
  assert.equal(connectOptions(broker, 5).writeCache, false)
})

test('the library is never left to queue or to reconnect by itself', () => {
  const options = connectOptions(broker, 5)
  assert.equal(options.reconnectPeriod, 0)
  assert.equal(options.queueQoSZero, false)
  assert.equal(options.protocol, 'mqtt')
  assert.equal(
    connectOptions({ ...broker, tls: { caFile: null, verify: true } }, 5).protocol,
    'mqtts',
  )
})
