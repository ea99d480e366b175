/** The scripts between a listing of nft and a table that is wanted, to the letter. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { nftScripts } from '../../../src/network/nft/nft-scripts.ts'
import type { NftTable, VerdictMap } from '../../../src/network/nft/nft-table.ts'
import { printTable } from '../../../src/network/nft/print-table.ts'

const map: VerdictMap = {
  kind: 'map',
  name: 'who_1',
  keyType: 'ipv4_addr',
  elements: [
    { key: '10.0.0.1', target: 'there' },
    { key: '10.0.0.2-10.0.0.3', target: null },
    { key: '10.0.0.4', target: 'there' },
  ],
}
const memory = {
  kind: 'set',
  name: 'seen',
  type: 'ipv4_addr',
  timeout: '10m',
  size: 16,
  elements: null,
} as const
const table: NftTable = {
  objects: [
    { kind: 'counter', name: 'sent.a' },
    { kind: 'quota', name: 'cap.a', overBytes: 100 },
  ],
  sets: [memory, map],
  chains: [
    { name: 'there', hook: null, rules: ['drop'] },
    {
      name: 'asks',
      hook: 'filter hook output priority filter',
      rules: [
        'accept',
        { kind: 'map', field: 'ip saddr', map: 'who_1' },
        {
          kind: 'match',
          conditions: [
            { kind: 'words', words: 'meta l4proto tcp' },
            { kind: 'in_set', field: 'ip6 daddr', set: 'far_1' },
            { kind: 'is', field: 'tcp dport', element: '53' },
          ],
          target: 'there',
        },
        { kind: 'match', conditions: [], target: null },
      ],
    },
  ],
}
/** One that could not be listed may stand. */
const anew = 'add table inet wan_failover\ndelete table inet wan_failover\n'
const memoryLine = '  set seen { typeof ip saddr; flags dynamic,timeout; timeout 10m; size 16; }'
const mapLine =
  '  map who_1 { typeof ip saddr : verdict; flags interval; elements = ' +
  '{ 10.0.0.1 : goto there, 10.0.0.2-10.0.0.3 : return, 10.0.0.4 : goto there }; }'
const chainLines = [
  '  chain there {',
  '    drop',
  '  }',
  '  chain asks {',
  '    type filter hook output priority filter; policy accept;',
  '    accept',
  '    ip saddr vmap @who_1',
  '    meta l4proto tcp ip6 daddr @far_1 tcp dport 53 goto there',
  '    return',
  '  }',
]

function inTable(...lines: readonly string[]): string {
  return ['table inet wan_failover {', ...lines, '}', ''].join('\n')
}

const counterLine = '  counter sent.a { }'

test('a table is compared without what its quotas have used, and applied with it', () => {
  const rest = [memoryLine, mapLine, ...chainLines]
  const quota = (used: string) => `  quota cap.a { over 100 bytes${used} }`
  assert.equal(printTable(table), inTable(counterLine, quota(''), ...rest))
  for (const [used, text] of [
    [new Map([['cap.a', 42]]), ' used 42 bytes'],
    [new Map(), ' used 0 bytes'],
  ] as const) {
    assert.deepEqual(nftScripts(table, null, used), {
      before: null,
      script: `${anew}${inTable(counterLine, quota(text), ...rest)}`,
      after: null,
    })
  }
})

describe('on a table that stands', () => {
  /** As `nft -s -t list` prints it. */
  const listing = [
    'table inet wan_failover {',
    '\tcounter sent.b {',
    '\t}',
    '',
    '\tmap who_0 {',
    '\t\ttype ipv4_addr : verdict',
    '\t\tflags interval',
    '\t}',
    '',
    '\tset seen {',
    '\t\ttype ipv4_addr',
    '\t\tsize 16',
    '\t\tflags dynamic,timeout',
    '\t\ttimeout 10m',
    '\t}',
    '',
    '\tchain old {',
    '\t\tdrop',
    '\t}',
    '',
    '\tchain there {',
    '\t\tip saddr { 10.0.0.9, 10.0.0.10 } accept',
    '\t}',
    '',
    '\tchain asks {',
    '\t\ttype filter hook input priority filter; policy accept;',
    '\t\tip saddr vmap @who_0',
    '\t}',
    '}',
    '',
  ]

  test('new maps come first with the chains they lead to, and chains go last', () => {
    const { before, script, after } = nftScripts(table, listing.join('\n'))
    assert.equal(before, inTable('  chain there {', '  }', mapLine))
    assert.equal(
      script,
      [
        'flush table inet wan_failover',
        'delete chain inet wan_failover asks',
        inTable(
          counterLine,
          '  quota cap.a { over 100 bytes used 0 bytes }',
          memoryLine,
          ...chainLines,
        ),
      ].join('\n'),
    )
    assert.equal(
      after,
      [
        'delete counter inet wan_failover sent.b',
        'delete map inet wan_failover who_0',
        'delete chain inet wan_failover old',
      ].join('\n'),
    )
  })

  test('what has its place keeps it, and a map that is there is not filled again', () => {
    const same = listing
      .join('\n')
      .replaceAll('who_0', 'who_1')
      .replace('hook input', 'hook output')
      .replace('\tcounter sent.b', '\tcounter sent.a')
      .replace('\tchain old', '\tchain there')
    const { before, script, after } = nftScripts(table, same)
    assert.deepEqual([before, after], [null, null])
    assert.doesNotMatch(script, /^delete|elements/m)
  })

  test('a live set that is there is filled anew in place, and a new one beforehand', () => {
    const live = (name: string, elements: readonly string[]) =>
      ({ kind: 'set', live: true, name, type: 'ipv4_addr', elements }) as const
    const sets = [live('seen', ['10.0.0.0/8', '192.168.0.0/24']), live('near', ['10.0.0.0/8'])]
    const { before, script } = nftScripts({ objects: [], sets, chains: [] }, listing.join('\n'))
    const line = (name: string, elements: string) =>
      `  set ${name} { typeof ip saddr; flags interval; elements = { ${elements} }; }`
    assert.equal(before, inTable(line('near', '10.0.0.0/8')))
    assert.equal(
      script,
      [
        'flush table inet wan_failover',
        'flush set inet wan_failover seen',
        inTable(line('seen', '10.0.0.0/8, 192.168.0.0/24')),
      ].join('\n'),
    )
  })
})
