import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { byFamily } from '../../src/model/address.ts'
import type { HostState } from '../../src/model/host.ts'
import type { Settings } from '../../src/model/settings/settings.ts'
import { desiredState } from '../../src/network/desired-state.ts'
import { decisionIfDown, explain } from '../../src/report/explain.ts'
import { exampleDecision } from '../examples/example-decision.ts'
import { exampleHost, oneSubnet } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleRule, lookUp, ourRule } from '../examples/example-rule.ts'
import { exampleSettings, exampleWan } from '../examples/example-settings.ts'
import { settingsOf } from '../examples/settings-of.ts'
import { tunnelOptions } from '../examples/tunnel-options.ts'
import { wantedOn } from '../examples/wanted-on.ts'

interface Asked {
  readonly from: string
  readonly to: string
  readonly host?: HostState
  readonly settings?: Settings
  readonly active?: string | null
}

/** `rule → wan gateway link: reason`. */
function told({ from, to, ...given }: Asked): string {
  const { host = oneSubnet, settings = exampleSettings(), active = 'secondary' } = given
  const family = to.includes(':') ? 'ipv6' : 'ipv4'
  const found = explain(wantedOn(host, settings, active), { family, from, to })
  const { rule, wan, gateway, link, reason } = found
  return `${rule} → ${wan} ${gateway} ${link}: ${reason}`
}

const failsClosed = exampleSettings({ defaultPolicy: { use: ['primary'], balance: false } })
const vpn = {
  ...oneSubnet,
  rules: [exampleRule(5270, { action: lookUp(52) }), ...oneSubnet.rules],
  routes: [...oneSubnet.routes, exampleRoute('default dev tailscale0 table 52')],
}
const twoLinks = exampleHost([
  { name: 'eth0', addresses: ['192.168.1.2/24'] },
  { name: 'eth1', addresses: ['192.168.2.2/24'] },
])
const onTwoLinks = exampleSettings({
  wans: [exampleWan(0, { gateway: '192.168.1.1' }), exampleWan(1, { gateway: '192.168.2.1' })],
})

const rows: readonly (readonly [string, Asked, string])[] = [
  [
    'a client goes by the WAN that was decided, with the reason',
    { from: '192.168.0.50', to: '1.1.1.1' },
    'rule 10900 lookup 101 → secondary 192.168.0.2 eth0: secondary is up: 1.1.1.1 answers',
  ],
  [
    'the LAN is not for the Internet',
    { from: '192.168.0.50', to: '192.168.0.60' },
    'rule 10000 lookup 254 suppress_prefixlength 0 → null null eth0: its destination is not on the Internet',
  ],
  [
    'Docker is not for the Internet',
    { from: '192.168.0.50', to: '172.17.0.9' },
    'rule 10000 lookup 254 suppress_prefixlength 0 → null null docker0: its destination is not on the Internet',
  ],
  [
    'a policy without a WAN goes nowhere',
    { from: '192.168.0.50', to: '1.1.1.1', settings: failsClosed, active: null },
    'rule 10901 unreachable → null null null: null is up: 1.1.1.1 answers',
  ],
  [
    'another program’s tunnel is no WAN',
    { from: '192.168.0.50', to: '1.1.1.1', host: vpn },
    'rule 5270 lookup 52 → null null tailscale0: ' +
      'no WAN carries it: table 52 sends it to tailscale0',
  ],
  [
    'the host’s own reply leaves where the question came in',
    {
      from: '192.168.1.2',
      to: '1.1.1.1',
      host: twoLinks,
      settings: onTwoLinks,
    },
    'rule 10800 from 192.168.1.2/32 lookup 100 → primary 192.168.1.1 eth0: ' +
      "another rule comes before the policy's",
  ],
]

describe('explain', () => {
  for (const [name, asked, expected] of rows) {
    test(`${name}: from ${asked.from} to ${asked.to}`, () => assert.equal(told(asked), expected))
  }

  test('sees the plan, not what an earlier decision has left in the kernel', () => {
    const left = ourRule({ priority: 10900 })
    const host = { ...oneSubnet, rules: [left, ...oneSubnet.rules] }
    assert.match(told({ from: '192.168.0.50', to: '1.1.1.1', host }), /→ secondary/)
  })
})

test('with WANs assumed down, the others are taken in order; with all down nobody moves', () => {
  const settings = exampleSettings({ wans: [exampleWan(0), exampleWan(1), exampleWan(2)] })
  const now = exampleDecision('primary')
  const ifDown = (...down: string[]) =>
    decisionIfDown(settings, { down }, now).policies.get('default')?.ipv4.wan
  assert.equal(ifDown('primary'), 'secondary')
  assert.equal(ifDown('primary', 'secondary'), 'third')
  assert.equal(ifDown('secondary'), 'primary')
  assert.equal(ifDown('primary', 'secondary', 'third'), 'primary')
})

test('if a WAN died, IPv6 goes to one that has it, and follows IPv4 only where nobody has', () => {
  const wans = [
    exampleWan(0, { gateway6: 'fe80::1', interface: 'eth0' }),
    exampleWan(1),
    exampleWan(2, { gateway6: 'fe80::3', interface: 'eth0' }),
  ]
  const ifDown = (settings: Settings, name: string) => {
    const { uplinks } = wantedOn(onLink6, settings, 'primary')
    const decision = decisionIfDown(settings, { down: [name], uplinks }, exampleDecision('primary'))
    const { ipv4, ipv6 } = decision.policies.get('default') ?? {}
    return `${ipv4?.wan} ${ipv6?.wan}`
  }
  assert.equal(ifDown(exampleSettings({ wans }), 'primary'), 'secondary third')
  assert.equal(ifDown(exampleSettings({ wans }), 'secondary'), 'primary primary')
  assert.equal(ifDown(exampleSettings({ wans: wans.slice(0, 2) }), 'primary'), 'secondary primary')
  assert.equal(ifDown(exampleSettings(), 'primary'), 'secondary secondary')
})

const onLink6 = exampleHost([
  { name: 'eth0', addresses: ['192.168.0.3/24', '2001:db8:1::3/64', 'fe80::3/64'] },
])

test('through a tunnel it says which line carries that, now and if it were down', () => {
  const settings = settingsOf(`${tunnelOptions}default_policy: { use: [home_ip] }`)
  const host = exampleHost([
    { name: 'eth0', addresses: ['192.168.0.3/24'] },
    { name: 'wf-home_ip', addresses: ['203.0.113.80/32'] },
  ])
  const wanted = wantedOn(host, settings, 'home_ip')
  const { rules } = desiredState({ ...wanted, rides: [{ tunnel: 'home_ip', line: 'secondary' }] })
  const standing = { ...wanted, host: { ...host, rules } }
  const question = { family: 'ipv4', from: '192.168.0.50', to: '1.1.1.1' } as const
  const now = explain(standing, question)
  assert.deepEqual([now.wan, now.line, now.link], ['home_ip', 'secondary', 'wf-home_ip'])
  assert.match(now.reason, /; secondary carries home_ip$/)
  const down = (...wans: string[]) => explain({ ...standing, down: byFamily(() => wans) }, question)
  assert.equal(down('secondary').line, 'primary')
  assert.match(down('secondary', 'primary').reason, /; no WAN is left to carry home_ip$/)
})
