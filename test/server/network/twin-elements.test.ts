import assert from 'node:assert/strict'
import { test } from 'node:test'
import { twinScript } from '../../../src/server/network/twin-elements.ts'

const at = (address: string, port: number) => ({ address, port })

test('each of two addresses leads to the other one, by marks that no other house has', () => {
  const script = twinScript([
    { house: 'home', family: 'ipv4', pair: [at('198.51.100.7', 1), at('198.51.100.8', 2)] },
    { house: 'shop', family: 'ipv4', pair: [at('198.51.100.9', 3), at('198.51.100.9', 4)] },
    { house: 'shop', family: 'ipv6', pair: [at('2001:db8::1', 5), at('2001:db8::2', 6)] },
  ])
  assert.equal(
    script,
    `flush map ip wan_failover_server twins
flush map ip wan_failover_server twin_address
flush map ip wan_failover_server twin_port
add element ip wan_failover_server twins { 198.51.100.7 . 1 timeout 45s : 0x01000000, 198.51.100.8 . 2 timeout 45s : 0x02000000, 198.51.100.9 . 3 timeout 45s : 0x03000000, 198.51.100.9 . 4 timeout 45s : 0x04000000 }
add element ip wan_failover_server twin_address { 0x01000000 timeout 45s : 198.51.100.8, 0x02000000 timeout 45s : 198.51.100.7, 0x03000000 timeout 45s : 198.51.100.9, 0x04000000 timeout 45s : 198.51.100.9 }
add element ip wan_failover_server twin_port { 0x01000000 timeout 45s : 2, 0x02000000 timeout 45s : 1, 0x03000000 timeout 45s : 4, 0x04000000 timeout 45s : 3 }
flush map ip6 wan_failover_server twins
flush map ip6 wan_failover_server twin_address
flush map ip6 wan_failover_server twin_port
add element ip6 wan_failover_server twins { 2001:db8::1 . 5 timeout 45s : 0x01000000, 2001:db8::2 . 6 timeout 45s : 0x02000000 }
add element ip6 wan_failover_server twin_address { 0x01000000 timeout 45s : 2001:db8::2, 0x02000000 timeout 45s : 2001:db8::1 }
add element ip6 wan_failover_server twin_port { 0x01000000 timeout 45s : 6, 0x02000000 timeout 45s : 5 }
`,
  )
})
