/** The nft table by which packets leave by two lines; the real kernel takes each. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { copiesScript } from '../../../src/kernel/tunnels/copies-table.ts'
import { helloKeyOf } from '../../../src/kernel/tunnels/hello-key.ts'
import type { BothLines, TunnelWish } from '../../../src/model/tunnel/tunnel-device.ts'
import { LabNode } from '../../lab/network/node.ts'

const one = { wan: 0, link: 'wan1', gateway: '10.1.0.1', address: '10.1.0.2' }
const other = { wan: 1, link: 'wan2', gateway: '10.2.0.1', address: '10.2.0.2' }

function wish(lines: BothLines['lines'] | null): TunnelWish {
  return {
    ...{ name: 'home_ip', link: 'wf-home_ip', mark: 0xf3000000, port: 61902 },
    endpoint: { host: '203.0.113.9', port: 51820 },
    ...{ privateKey: null, peerKey: 'PEER', address: ['203.0.113.80/32'], lines: [] },
    ...{ keepaliveSeconds: 15, mtu: null },
    both: lines === null ? null : { lines, wan: 2, inside: '10.99.0.1' },
  }
}

// The kernel keeps a link that packets are copied to by its number.
before(() => LabNode.host().ip(['link add wan1 type veth peer name wan2']))

const copies = (script: string) => script.split('\n').filter((line) => line.includes(' dup to '))

test('a packet by either link is copied to the other, with the address of that one', async () => {
  const script = copiesScript([wish([one, other])])
  const found = copies(script)
  assert.match(found[0] ?? '', /oifname "wan1" .* dup to 10\.2\.0\.1 device "wan2"/)
  assert.match(found[1] ?? '', /oifname "wan2" .* dup to 10\.1\.0\.1 device "wan1"/)
  assert.match(script, /oifname "wan2" ip saddr set 10\.2\.0\.2/)
  const node = LabNode.host()
  await node.nft(script)
  await node.nft(script)
  assert.match(await node.run('nft', 'list', 'ruleset'), /table ip wan_failover_tunnels/)
  await node.nft(copiesScript([wish(null)]))
  assert.equal((await node.run('nft', 'list', 'tables')).trim(), '')
})

test('on one link only the line that carries the tunnel is copied to the other', async () => {
  const second = { ...one, wan: 1, gateway: '10.1.0.254' }
  const script = copiesScript([wish([one, second])])
  assert.equal(copies(script).length, 1)
  assert.match(copies(script)[0] ?? '', /dup to 10\.1\.0\.254 device "wan1"/)
  await LabNode.host().nft(script)
  await LabNode.host().nft(copiesScript([]))
})

test('house and server know the same key of the hello', () => {
  // RFC 7748, 6.1: Alice's and Bob's.
  const alice = 'dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo='
  const aliceOpen = 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo='
  const bob = 'XasIfmJKikt54X+Lg4AO5m87sSkmGLb9HC+LJ/+I4Os='
  const bobOpen = '3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08='
  assert.deepEqual(helloKeyOf(alice, bobOpen), helloKeyOf(bob, aliceOpen))
})
