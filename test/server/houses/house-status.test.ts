import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readHouseStatus, readTwins, statusLines } from '../../../src/server/houses/house-status.ts'
import { exampleHouse, examplePublicKey, exampleServer } from '../example-server.ts'

const nowS = 1_796_000_000
const settings = exampleServer({
  houses: [
    exampleHouse(),
    exampleHouse({ name: 'shop', public_key: examplePublicKey(3), ports: ['tcp/443'] }),
    exampleHouse({ name: 'hut', public_key: examplePublicKey(4) }),
  ],
})
const dump = [
  ['SECRET', examplePublicKey(1), '51820', 'off'],
  [
    examplePublicKey(2),
    '(none)',
    '198.51.100.7:4000',
    '203.0.113.80/32',
    `${nowS - 12}`,
    '1234567',
    '999',
    'off',
  ],
  [
    examplePublicKey(3),
    '(none)',
    '[2001:db8::7]:4000',
    '10.99.0.2/32',
    `${nowS - 1000}`,
    '1',
    '2',
    'off',
  ],
  [examplePublicKey(4), '(none)', '(none)', '10.99.0.3/32', '0', '0', '0', 'off'],
]
  .map((words) => words.join('\t'))
  .join('\n')

test('each house is told with where it is, and no key is', () => {
  const twins = new Map([['198.51.100.7:4000', '198.51.100.8:5000']])
  const lines = statusLines(readHouseStatus(settings, { dump, twins, nowS }))
  assert.deepEqual(lines, [
    'home: 203.0.113.80/32',
    '  keys made 12 s ago, at 198.51.100.7:4000 and 198.51.100.8:5000, each packet goes to both; 1.2 MB in, 999 B out',
    'shop: 203.0.113.80/32 and its ports tcp/443',
    '  silent: keys made 1000 s ago, at [2001:db8::7]:4000; 1 B in, 2 B out',
    'hut: 203.0.113.80/32',
    '  it has not been here yet: is the invitation in its options, and WireGuard’s port open?',
  ])
})

test('with no house it says how one gets in', () => {
  assert.match(statusLines([]).join(), /add NAME/)
})

test('twins are those whose marks follow', () => {
  const elem = (host: string, port: number, mark: number) => [
    { elem: { val: { concat: [host, port] }, timeout: 45, expires: 44 } },
    mark * 0x1000000,
  ]
  const text = JSON.stringify({
    nftables: [
      { metainfo: {} },
      {
        map: {
          elem: [
            elem('198.51.100.8', 2, 2),
            elem('198.51.100.7', 1, 1),
            elem('2001:db8::1', 3, 3),
            elem('2001:db8::2', 4, 4),
          ],
        },
      },
    ],
  })
  assert.deepEqual(Object.fromEntries(readTwins(text)), {
    '198.51.100.7:1': '198.51.100.8:2',
    '198.51.100.8:2': '198.51.100.7:1',
    '[2001:db8::1]:3': '[2001:db8::2]:4',
    '[2001:db8::2]:4': '[2001:db8::1]:3',
  })
  assert.equal(readTwins('{"nftables":[{"map":{}}]}').size, 0)
  assert.equal(readTwins('').size, 0)
})
