import assert from 'node:assert/strict'
import { test } from 'node:test'
import { desiredTable } from '../../../../src/network/nft/desired-table.ts'
import { exampleHost } from '../../../examples/example-host.ts'
import { exampleSettings, exampleWan } from '../../../examples/example-settings.ts'
import { wantedOn } from '../../../examples/wanted-on.ts'

const host = exampleHost([
  { name: 'eth1', addresses: ['10.1.0.2/24', '2001:db8:1::2/64', 'fe80::3/64'] },
  { name: 'eth2', addresses: ['10.2.0.2/24'] },
])
const settings = exampleSettings({
  wans: [
    exampleWan(0, { gateway: '10.1.0.1', gateway6: 'fe80::1', interface: 'eth1' }),
    exampleWan(1, { gateway: '10.2.0.1', interface: 'eth2' }),
  ],
})

function rulesOf(name: string, deadEnds: readonly string[]) {
  const table = desiredTable({ ...wantedOn(host, settings, 'primary'), deadEnds })
  return table?.chains.find((chain) => chain.name === name)?.rules
}

test('a dead end refuses new IPv6 by its WAN; neighbours, probes and running flows pass before', () => {
  const forwarded = rulesOf('dead_ends_forwarded', ['primary']) ?? []
  assert.deepEqual(forwarded.slice(1), [
    'ip daddr @neighbours_ipv4 return',
    'ip6 daddr @neighbours_ipv6 return',
    'oifname "eth1" rt ip6 nexthop fe80::1 goto refused',
  ])
  const own = rulesOf('dead_ends_own', ['primary']) ?? []
  assert.deepEqual(own.slice(-forwarded.length), forwarded)
  assert.match(own.slice(0, -forwarded.length).join('\n'), /0x09000000.* return\n.*tcp sport 61000/)
})

test('no chain is there without a dead end, nor for a WAN that has no IPv6', () => {
  for (const deadEnds of [[], ['secondary']]) {
    assert.equal(rulesOf('refused', deadEnds), undefined)
    assert.equal(rulesOf('dead_ends_own', deadEnds), undefined)
  }
})
