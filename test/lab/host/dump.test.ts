import '../enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LabNode } from '../network/node.ts'
import { dumpHost } from './dump.ts'
import { skipWithout } from './requirements.ts'

const skip = skipWithout('ip', 'nft')
const ruleset = `table inet lab_test {
  chain output {
    type filter hook output priority 0;
    counter
  }
}`

/** `[what, how it is made, how it is taken away]` */
const changes: readonly (readonly [string, string, string])[] = [
  ['an IPv4 rule', 'ip rule add priority 77 lookup 9', 'ip rule delete priority 77'],
  ['an IPv6 rule', 'ip -6 rule add priority 77 lookup 9', 'ip -6 rule delete priority 77'],
  [
    'a route in a table of its own',
    'ip route add unreachable 10.5.0.0/16 table 9',
    'ip route delete unreachable 10.5.0.0/16 table 9',
  ],
  [
    'an IPv6 route',
    'ip -6 route add unreachable 2001:db8:5::/64 table 9',
    'ip -6 route delete unreachable 2001:db8:5::/64 table 9',
  ],
  ['an nft table', `echo '${ruleset}' | nft -f -`, 'nft delete table inet lab_test'],
]

for (const [what, make, takeAway] of changes) {
  test(`a dump shows ${what}, and is the same again without it`, { skip }, async () => {
    const host = LabNode.host()
    const before = await dumpHost(host)
    await host.script(make)
    assert.notEqual(await dumpHost(host), before)
    await host.script(takeAway)
    assert.equal(await dumpHost(host), before)
  })
}

test('what a rule has counted is no difference', { skip }, async () => {
  const host = LabNode.host()
  await host.script(`ip link set lo up\n echo '${ruleset}' | nft -f -`)
  const before = await dumpHost(host)
  await host.run('ping', '-c1', '-W1', '127.0.0.1')
  assert.match(await host.run('nft', 'list', 'ruleset'), /packets [1-9]/)
  assert.equal(await dumpHost(host), before)
})
