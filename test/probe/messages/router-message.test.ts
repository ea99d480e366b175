import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  bareRouterSolicitation,
  decodeAdvertisement,
} from '../../../src/probe/messages/router-message.ts'

const mac = '0101 020000000001'
const prefix = (options = '40c0') =>
  `0304 ${options} 00000e10 00000708 00000000 20010db8000100000000000000000000`

function advertisement(...options: readonly string[]): Buffer {
  const head = '86 00 0000 40 00 0708 00000000 00000000'
  return Buffer.from([head, ...options].join('').replaceAll(' ', ''), 'hex')
}

test('an advertisement says whose it is, and which networks are the router’s own', () => {
  assert.deepEqual(decodeAdvertisement(advertisement(mac, prefix())), {
    offersDefault: true,
    mac: '02:00:00:00:00:01',
    prefixes: [{ network: '2001:db8:1::/64', validSeconds: 3600 }],
  })
  assert.deepEqual(decodeAdvertisement(advertisement()), {
    ...{ offersDefault: true, mac: null, prefixes: [] },
  })
})

test('a router with the lifetime 0 takes nothing for the Internet', () => {
  const message = advertisement(prefix())
  message.writeUInt16BE(0, 6)
  assert.equal(decodeAdvertisement(message)?.offersDefault, false)
})

test('options that nobody here knows are passed over', () => {
  const unknown = `1903 ${'00'.repeat(22)}`
  assert.equal(decodeAdvertisement(advertisement(unknown, prefix()))?.prefixes.length, 1)
})

for (const [name, message] of Object.entries({
  'one cut short': advertisement(prefix()).subarray(0, 40),
  'one with an option without a length': advertisement('0100 020000000001'),
  'one whose head is cut': advertisement().subarray(0, 12),
  'a question': bareRouterSolicitation(),
  nothing: Buffer.alloc(0),
})) {
  test(`${name} is no advertisement`, () => assert.equal(decodeAdvertisement(message), null))
}
