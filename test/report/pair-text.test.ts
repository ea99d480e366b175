import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describePair, type PairEvidence, type PairFindings } from '../../src/report/pair-text.ts'
import { settingsOf } from '../examples/settings-of.ts'
import { two } from '../options/refused.ts'

const other = { address: '192.168.0.4', link: 'eth0', mac: '02:00:00:00:00:04' }
const byOther = { ...other, address: '192.168.0.5' }
const byStranger = { ...byOther, mac: '02:00:00:00:00:99' }

const silent =
  "the other box of the pair, 192.168.0.4, doesn't answer: is it on, and is pair.peer its address?"

const table: readonly (readonly [
  string,
  Pick<PairEvidence, 'isHere' | 'heard'>,
  Partial<PairFindings>,
])[] = [
  [
    'this box serves beside the other one',
    { isHere: true, heard: [other] },
    { facts: ['192.168.0.5 is on this box: it serves'] },
  ],
  [
    'the other box serves',
    { isHere: false, heard: [other, byOther] },
    { facts: ['192.168.0.5 is on the other box: it serves'] },
  ],
  [
    'the other box is silent',
    { isHere: true, heard: [] },
    { hints: [silent], facts: ['192.168.0.5 is on this box: it serves'] },
  ],
  ['nobody serves', { isHere: false, heard: [other] }, { facts: ['nobody has 192.168.0.5 now'] }],
  [
    'a stranger has the address',
    { isHere: false, heard: [other, byStranger] },
    {
      errors: [
        "pair.address: 192.168.0.5 is in use by 02:00:00:00:00:99, which isn't the other box: choose a free address",
      ],
    },
  ],
  [
    'both have the address',
    { isHere: true, heard: [other, byOther] },
    {
      errors: ['192.168.0.5 is on this box, and 02:00:00:00:00:04 has it too'],
      facts: ['192.168.0.5 is on this box: it serves'],
    },
  ],
  [
    'somebody has the address while the other box is silent',
    { isHere: false, heard: [byStranger] },
    { hints: [silent, '02:00:00:00:00:99 has 192.168.0.5: is that the other box?'] },
  ],
  [
    'nobody could be asked',
    { isHere: false, heard: null },
    { facts: ['192.168.0.5: nobody could be asked'] },
  ],
]

const ownPriority = 254
const house = { from: '192.168.0.4', group: 51, priority: 249, advertMs: 300 }
const heardOf = (changes: object) => [{ ...house, addresses: ['192.168.0.5'], ...changes }]
const strange = { from: '192.168.0.9', addresses: ['192.168.0.8'] }

const groups: readonly (readonly [string, object, object, Partial<PairFindings>])[] = [
  ['nothing of the other box, as it should be', {}, {}, {}],
  ['nothing of a stranger with another number', {}, { ...strange, group: 7 }, {}],
  [
    'who else has the number',
    {},
    strange,
    {
      errors: [
        'pair.group: 192.168.0.9 uses the number 51 too, for 192.168.0.8: choose another number, the same on both boxes',
      ],
    },
  ],
  [
    'that a stranger with the number is no trouble by unicast',
    { peer: '192.168.0.4' },
    strange,
    {
      facts: [
        '192.168.0.9 uses the number 51 too, for 192.168.0.8: with pair.peer that is no trouble',
      ],
    },
  ],
  [
    'that the other box has another speed',
    {},
    { advertMs: 100 },
    {
      hints: ['pair.speed: 192.168.0.4 speaks each 0.1 s, this box each 0.3 s: give both the same'],
    },
  ],
  [
    'that both boxes have one role',
    {},
    { priority: 254 },
    { hints: ['pair.role: 192.168.0.4 is first too: one box should be first, the other second'] },
  ],
]

for (const [what, options, router, expected] of groups) {
  test(`check says ${what}`, () => {
    const settings = settingsOf(
      `${two}pair: ${JSON.stringify({ address: '192.168.0.5/24', ...options })}`,
    )
    assert.ok(settings.pair !== null)
    const evidence = { isHere: false, heard: null, routers: heardOf(router), ownPriority }
    const { errors, hints, facts } = describePair(settings.pair, evidence)
    const found = { errors, hints, facts: facts.slice(1) }
    assert.deepEqual(found, { errors: [], hints: [], facts: [], ...expected })
  })
}

for (const [what, evidence, expected] of table) {
  test(`check says where ${what}`, () => {
    const { pair } = settingsOf(`${two}pair: { address: 192.168.0.5/24, peer: 192.168.0.4 }`)
    assert.ok(pair !== null)
    const nothing = { errors: [], hints: [], facts: [] }
    assert.deepEqual(describePair(pair, { ...evidence, routers: [], ownPriority }), {
      ...nothing,
      ...expected,
    })
  })
}
