/** By which lines copies of a tunnel's packets leave, and how nft knows them for metering. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { desiredState } from '../../../src/network/desired-state.ts'
import { copiesBy } from '../../../src/network/tunnels/copies-by.ts'
import type { Wanted } from '../../../src/network/wanted.ts'
import { exampleHost } from '../../examples/example-host.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { wantedOn } from '../../examples/wanted-on.ts'

const copy = 'meta mark & 0xff000000 == 0xf9000000'

function wanted(mode: string, second: string): Wanted {
  const isShared = second === '192.168.0.2'
  const settings = settingsOf(`
wans:
  - { name: primary, gateway: 192.168.0.1 }
  - { name: secondary, gateway: ${second}, metered: true }
tunnels:
  - name: home_ip
    endpoint: "203.0.113.9:51820"
    peer_key: "zY+8m1n0/2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I5K7M="
    address: [203.0.113.80/32]
    over: [primary, secondary]
    inside: 10.99.0.1
    both_metered: true
    mode: ${mode}
`)
  const stick = { name: 'wwan0', addresses: ['192.168.8.100/24'] }
  const host = exampleHost([
    { name: 'eth0', addresses: ['192.168.0.3/24'] },
    ...(isShared ? [] : [stick]),
    { name: 'wf-home_ip', addresses: ['203.0.113.80/32'] },
  ])
  return { ...wantedOn(host, settings, 'primary'), metering: { caps: [] } }
}

function conditions(given: Wanted): readonly (string | null)[] {
  return given.uplinks.map((uplink) => copiesBy(uplink, given))
}

test('by its link where no other line is on it, and never by a tunnel or without `both`', () => {
  const given = wanted('both', '192.168.8.1')
  assert.deepEqual(conditions(given), [`oifname "eth0" ${copy}`, `oifname "wwan0" ${copy}`, null])
  assert.deepEqual(conditions(wanted('roaming', '192.168.8.1')), [null, null, null])
})

test('on one link they go by the second of the two', () => {
  const given = wanted('both', '192.168.0.2')
  const ride = { tunnel: 'home_ip', line: 'primary', second: 'secondary' }
  assert.deepEqual(conditions(given), [null, null, null])
  assert.deepEqual(conditions({ ...given, rides: [ride] }), [null, `oifname "eth0" ${copy}`, null])
})

test('a metered line counts them as its own, beside what WireGuard sends', () => {
  const lines = (desiredState(wanted('both', '192.168.8.1')).nft ?? '').split('\n')
  const trimmed = lines.map((line) => line.trim())
  assert.ok(trimmed.includes(`oifname "wwan0" ${copy} jump sent_own.secondary`))
  assert.ok(trimmed.includes(`${copy} goto spend.secondary`))
  assert.ok(trimmed.includes('meta mark & 0xff000000 == 0xf3000000 goto spend.secondary'))
})
