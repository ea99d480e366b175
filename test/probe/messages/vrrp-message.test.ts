import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeVrrp } from '../../../src/probe/messages/vrrp-message.ts'

const addresses = 'c0a80005'
const rows: readonly (readonly [string, string, object | null])[] = [
  [
    'version 3 says how often it speaks',
    `31 33 fe 01 001e 0000 ${addresses}`,
    { group: 51, priority: 254, addresses: ['192.168.0.5'], advertMs: 300 },
  ],
  [
    'version 2 has whole seconds, which say nothing to us',
    `21 07 64 01 0001 0000 ${addresses} 0000000000000000`,
    { group: 7, priority: 100, addresses: ['192.168.0.5'], advertMs: null },
  ],
  ['one without its addresses is cut', '31 33 fe 02 001e 0000 c0a80005', null],
  ['one without a whole head is cut', '31 33 fe', null],
  ['another version is none', `41 33 fe 01 001e 0000 ${addresses}`, null],
  ['another type is none', `32 33 fe 01 001e 0000 ${addresses}`, null],
]

for (const [what, bytes, expected] of rows) {
  test(`of VRRP, ${what}`, () => {
    assert.deepEqual(decodeVrrp(Buffer.from(bytes.replaceAll(' ', ''), 'hex')), expected)
  })
}
