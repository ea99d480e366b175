import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNftReader, createRoutingReader } from '../../../src/kernel/watching/monitor.ts'
import type { KernelSign } from '../../../src/model/event.ts'

type Reader = (listener: (sign: KernelSign) => void) => (text: string) => void

function signsOf(reader: Reader, pieces: readonly string[]): KernelSign[] {
  const signs: KernelSign[] = []
  const read = reader((sign) => signs.push(sign))
  for (const piece of pieces) read(piece)
  return signs
}

test('many lines that come at once are one routing sign', () => {
  const lines = ['[LINK]2: eth0: <UP>', '[ADDR]2: eth0 inet 10.0.0.1/8', '[RULE]7:\tfrom all', '']
  assert.deepEqual(signsOf(createRoutingReader, [lines.join('\n')]), [{ kind: 'routing' }])
})

test('a line that comes in two pieces counts when it is whole', () => {
  assert.deepEqual(signsOf(createRoutingReader, ['[ROU', 'TE]default via 10.0.0.1']), [])
  assert.deepEqual(signsOf(createRoutingReader, ['[NEIGH]10.0.0.9 dev eth0 FAI', 'LED \n']), [
    { kind: 'neighbour_failed', family: 'ipv4', address: '10.0.0.9', link: 'eth0' },
  ])
})

test('of the neighbours only those count that nobody answers for', () => {
  const lines = [
    '[NEIGH]10.0.0.1 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE ',
    '[NEIGH]10.0.0.2 dev eth0 lladdr 02:00:00:00:00:02 STALE ',
    '[NEIGH]Deleted 10.0.0.3 dev eth0 FAILED ',
    '[NEIGH]fe80::5 dev eth0 router FAILED ',
    '',
  ]
  assert.deepEqual(signsOf(createRoutingReader, [lines.join('\n')]), [
    { kind: 'neighbour_failed', family: 'ipv6', address: 'fe80::5', link: 'eth0' },
  ])
})

test("of nft's changes only those to our table count, also where its name comes in pieces", () => {
  const others = 'add element inet fw banned { 1.2.3.4 }\n# new generation 8 by process 1 (nft)\n'
  assert.deepEqual(signsOf(createNftReader, [others, others]), [])
  const ours = ['delete table ip x\ndelete table inet wan_fai', 'lover\n', others]
  assert.deepEqual(signsOf(createNftReader, ours), [{ kind: 'nft' }])
})

test("of iptables' changes only those to Docker's chain for users and to a policy count", () => {
  const container = 'add rule ip filter DOCKER ip daddr 172.17.0.2 counter accept\n'
  assert.deepEqual(signsOf(createNftReader, [container, container]), [])
  const user = ['delete rule ip filter DOCKER-', 'USER handle 7\n', container]
  assert.deepEqual(signsOf(createNftReader, user), [{ kind: 'firewall' }])
  const policy =
    'add chain ip filter FORWARD { type filter hook forward priority filter; policy drop; }\n'
  assert.deepEqual(signsOf(createNftReader, [policy]), [{ kind: 'firewall' }])
})
