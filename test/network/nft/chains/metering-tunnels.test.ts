/** Whose bytes a tunnel's own packets are on a metered line, and their copies. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { desiredState } from '../../../../src/network/desired-state.ts'
import { exampleHost } from '../../../examples/example-host.ts'
import { settingsOf } from '../../../examples/settings-of.ts'
import { wantedOn } from '../../../examples/wanted-on.ts'

const host = exampleHost([
  { name: 'eth0', addresses: ['192.168.0.3/24'] },
  { name: 'wwan0', addresses: ['192.168.8.100/24'] },
  { name: 'wf-home_ip', addresses: ['203.0.113.80/32'] },
])

/** The rules of what this machine itself sends by the metered line. */
function sentOwn(mode: string, policy: string): readonly string[] {
  const settings = settingsOf(`
wans:
  - { name: primary, gateway: 192.168.0.1 }
  - { name: stick, gateway: 192.168.8.1, metered: true }
tunnels:
  - name: home_ip
    endpoint: "203.0.113.9:51820"
    peer_key: "zY+8m1n0/2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I5K7M="
    address: [203.0.113.80/32]
    over: [primary, stick]
    inside: 10.99.0.1
    both_metered: true
    mode: ${mode}
policies:
  - { name: servers, from: [192.168.0.50], use: [home_ip]${policy} }
`)
  const wanted = { ...wantedOn(host, settings, 'primary'), metering: { caps: [] } }
  const lines = (desiredState(wanted).nft ?? '').split('\n').map((line) => line.trim())
  const start = lines.indexOf('chain sent_own.stick {')
  return lines.slice(start + 1, lines.indexOf('}', start))
}

const outer = 'meta mark & 0xff000000 == 0xf3000000'
const copy = 'meta mark & 0xff000000 == 0xf9000000'

test('they are no policy’s, and over the cap where one that uses the tunnel may go over it', () => {
  assert.ok(sentOwn('both', '').includes(`${outer} goto spend.stick`))
  assert.ok(sentOwn('both', '').includes(`${copy} goto spend.stick`))
  const over = sentOwn('both', ', over_cap: true')
  assert.ok(over.includes(`${outer} goto spend_over_cap.stick`))
  assert.ok(over.includes(`${copy} goto spend_over_cap.stick`))
  assert.ok(!sentOwn('roaming', '').some((rule) => rule.startsWith(copy)))
})
