import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ForwardingState } from '../../src/model/host.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { adviseForwarding, adviseForwards, adviseRouters } from '../../src/report/advice.ts'
import { describeForeignRoutes } from '../../src/report/hand-over.ts'
import { exampleForwarding } from '../examples/example-capabilities.ts'
import { exampleHost, oneSubnet } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleSettings, exampleWan } from '../examples/example-settings.ts'

const wellSet = exampleForwarding({ reversePathFilter: { eth0: 2, eth1: 0 } })
const shared = resolveUplinks(exampleSettings().wans, oneSubnet)
const apart = resolveUplinks(
  [exampleWan(0, { gateway: '192.168.1.1' }), exampleWan(1, { gateway: '192.168.2.1' })],
  exampleHost([
    { name: 'eth0', addresses: ['192.168.1.2/24'] },
    { name: 'eth1', addresses: ['192.168.2.2/24'] },
  ]),
)

describe('advice', () => {
  const told = (changes: Partial<ForwardingState>, uplinks = apart): string[] =>
    adviseForwarding({ ...wellSet, ...changes }, uplinks).map(
      ({ level, text }) => `${level}: ${text}`,
    )
  const only = (lines: readonly string[], expected: RegExp): void => {
    assert.equal(lines.length, 1, lines.join('\n'))
    assert.match(lines[0] ?? '', expected)
  }

  test('is silent where all is well', () => assert.deepEqual(told({}), []))

  test('says what a host without forwarding means, and the remedy', () => {
    only(
      told({ ipForward: false }),
      /^error: forwarding is off .*sysctl -w net\.ipv4\.ip_forward=1/,
    )
  })

  test('says that Docker’s firewall drops, with the rule that lets pass', () => {
    const chain = { forwardPolicy: 'drop', droppingChain: 'ip filter FORWARD' } as const
    const docker = told({ ...chain, dockerUser: true })
    only(docker, /^error: the firewall drops .*iptables -I DOCKER-USER -j ACCEPT/)
  })

  test('is silent where Docker’s firewall drops and ours lets pass', () => {
    const chain = { forwardPolicy: 'drop', droppingChain: 'ip filter FORWARD' } as const
    assert.deepEqual(told({ ...chain, dockerUser: true, amendable: true }), [])
  })

  test('does not send anybody to Docker’s chain when another firewall drops beside it', () => {
    const chain = { forwardPolicy: 'drop', droppingChain: 'inet firewalld filter_FORWARD' } as const
    only(told({ ...chain, dockerUser: true }), /Accept your LAN in that firewall/)
  })

  test('says that another firewall drops, without a word of Docker', () => {
    const lines = told({ forwardPolicy: 'drop' })
    only(lines, /^error: the firewall drops .*Accept your LAN in that firewall/)
    assert.ok(!lines.join().includes('Docker'))
  })

  test('hints at strict reverse path filtering only where there are two links', () => {
    const strict = { reversePathFilter: { eth0: 1, eth1: 1 } }
    only(
      told(strict),
      /^hint: reverse path filtering is strict on eth0, eth1 .*'sysctl -w net\.ipv4\.conf\.eth0\.rp_filter=2 net\.ipv4\.conf\.eth1\.rp_filter=2'.*src_valid_mark=1/,
    )
    assert.ok(!told(strict, shared).join().includes('reverse path'))
  })

  test('hints at what passes by us where the WANs share a link', () => {
    only(told({}, shared), /^hint: several WANs are on eth0/)
  })

  test('tells of gateways whose IPv6 network nobody tells', () => {
    const by = (gateway6: string) =>
      adviseRouters(
        resolveUplinks([exampleWan(0, { gateway6 }), exampleWan(1, { gateway6 })], oneSubnet),
      )
    assert.match(
      by('fe80::1').join('\n'),
      /^nobody tells which IPv6 network is that of fe80::1 \(primary\) and fe80::1 \(secondary\) on eth0: .*set gateway6/,
    )
    assert.deepEqual(by('2001:db8:1::1'), [])
    assert.deepEqual(by('none'), [])
  })

  test('tells of forwards that lead nowhere, and of none that lead to a device', () => {
    const routes = ['default via 192.168.0.1 dev eth0', '10.20.0.0/16 via 192.168.0.7 dev eth0']
    const host = exampleHost(
      [
        { name: 'eth0', addresses: ['192.168.0.3/24', '2001:db8:1::3/64'] },
        { name: 'wf-home_ip', addresses: ['203.0.113.80/32'] },
      ],
      routes.map((route) => exampleRoute(route)),
    )
    const by = (...to: readonly string[]) =>
      adviseForwards(
        {
          forwards: to.map((one) => ({ tunnel: 'home_ip', protocol: 'tcp', ports: null, to: one })),
        },
        { host, uplinks: shared },
      ).join('\n')
    const near = ['192.168.0.10', '10.20.30.40', '2001:db8:1::5', '203.0.113.80']
    assert.equal(by(), '')
    assert.equal(by(...near), '')
    assert.match(
      by(...near, '192.168.9.10'),
      /^forwards\[4\] \(to 192\.168\.9\.10\): this machine has no such network on a link and no route/,
    )
    assert.match(by('2001:db8:2::5'), /^forwards\[0\] \(to 2001:db8:2::5\): /)
    const six = by(...Array.from({ length: 6 }, (_, i) => `198.51.100.${i}`))
    assert.match(six, /^forwards\[0\] .*, forwards\[3\] \(to 198\.51\.100\.3\) and 2 more: /)
  })

  test('an unreadable firewall is no alarm', () => {
    assert.deepEqual(told({ forwardPolicy: 'unknown' }), [])
  })
})

describe('handing a table over', () => {
  test('names the routes and the command for each table', () => {
    const routes = [
      exampleRoute('default via 192.168.0.1 dev eth0 table 100'),
      exampleRoute('172.17.0.0/16 dev docker0 table 101'),
    ]
    assert.equal(
      describeForeignRoutes(routes),
      'table 100 holds routes that are not ours (0.0.0.0/0 via 192.168.0.1 dev eth0 proto 3). ' +
        "Stop whatever puts them there, then empty the table with 'ip route flush table 100', " +
        'or give the WAN another table; table 101 holds routes that are not ours ' +
        '(172.17.0.0/16 dev docker0 proto 3). Stop whatever puts them there, then empty the table ' +
        "with 'ip route flush table 101', or give the WAN another table",
    )
  })

  test('counts those it does not name, and has IPv6’s own command', () => {
    const routes = Array.from({ length: 6 }, (_, i) =>
      exampleRoute(`2001:db8:${i}::/48 via fe80::1 dev eth0 table 100`),
    )
    const text = describeForeignRoutes(routes)
    assert.match(text, / and 2 more\)/)
    assert.match(text, /'ip route flush table 100' and 'ip -6 route flush table 100'/)
  })
})
