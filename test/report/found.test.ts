import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FoundInterface } from '../../src/model/published/setup.ts'
import { linkText } from '../../src/model/settings/setting-text.ts'
import { parseOptions } from '../../src/options/parse-options.ts'
import { wayText } from '../../src/options/schema/gateways.ts'
import { describeFound, foundInterfaces, suggestWans } from '../../src/report/found.ts'
import { exampleHost, oneSubnet } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'

const eth0 = found('eth0', ['192.168.0.3/24'], ['192.168.0.1'])

function found(
  name: string,
  addresses: readonly string[],
  gateways: readonly string[] = [],
): FoundInterface {
  return { name, type: 'ethernet', addresses, gateways }
}

test('links with an address are found, with the gateways that main has on them', () => {
  assert.deepEqual(describeFound(oneSubnet), [
    'eth0 (192.168.0.3/24): gateway 192.168.0.1',
    'docker0 (172.17.0.1/16): no default gateway',
  ])
  assert.deepEqual(foundInterfaces(oneSubnet)[0], { ...eth0, type: 'ether' })
})

test('a line without a gateway is found as one', () => {
  const ppp = { name: 'ppp0', addresses: ['198.51.100.7/32'] }
  const host = exampleHost([ppp], [exampleRoute('default dev ppp0')])
  assert.deepEqual(describeFound(host), ['ppp0 (198.51.100.7/32): a line without a gateway'])
})

const suggested: readonly [string, readonly FoundInterface[], readonly [string, string][]][] = [
  [
    'two gateways in one subnet',
    [{ ...eth0, gateways: ['192.168.0.1', '192.168.0.2'] }],
    [
      ['192.168.0.1', 'eth0'],
      ['192.168.0.2', 'eth0'],
    ],
  ],
  [
    'a gateway on each of two interfaces',
    [eth0, found('wlan0', ['172.20.10.2/28'], ['172.20.10.1', 'fe80::1'])],
    [
      ['192.168.0.1', 'eth0'],
      ['172.20.10.1', 'wlan0'],
    ],
  ],
  [
    'a router and a line without a gateway',
    [eth0, { ...found('ppp0', ['198.51.100.7/32']), point_to_point: true }],
    [
      ['192.168.0.1', 'eth0'],
      ['auto', 'ppp0'],
    ],
  ],
]

for (const [name, interfaces, wans] of suggested) {
  test(`the options suggested for ${name} are right as they are`, () => {
    const parsed = parseOptions(suggestWans(interfaces))
    if (parsed.kind === 'invalid') assert.fail(JSON.stringify(parsed.problems))
    assert.deepEqual(
      parsed.settings.wans.map((wan) => [
        wayText(wan.ways.ipv4, 'ipv4'),
        wan.interface && linkText(wan.interface),
      ]),
      wans,
    )
  })
}

test('where one gateway is found, comments say what else is needed, there and behind a link', () => {
  const internal = found('docker0', ['172.17.0.1/16'])
  assert.equal(
    suggestWans([eth0, internal, found('eth1', ['10.0.0.2/24'])]),
    `wans:
  - name: primary
    gateway: 192.168.0.1
    interface: eth0
  # Only one gateway was found; you need a second one. Look up its address in the settings of
  # the second router. If that is in the network of eth0 too, enter it like this:
  # - name: secondary
  #   gateway: THE ADDRESS OF THE SECOND ROUTER
  #   interface: eth0
  # If the second router is behind eth1, which has no gateway yet:
  # - name: secondary
  #   gateway: THE ADDRESS OF THE SECOND ROUTER
  #   interface: eth1
`,
  )
  assert.doesNotMatch(suggestWans([eth0, internal]), /docker0|behind/)
})

test('one router by cable and by Wi-Fi is one WAN, and the second is asked for', () => {
  const suggestion = suggestWans([eth0, found('wlan0', ['192.168.0.4/24'], ['192.168.0.1'])])
  assert.match(suggestion, /you need a second one/)
  assert.equal(suggestion.match(/gateway: 192\.168\.0\.1$/gm)?.length, 1)
})

test('no more WANs are suggested than there may be', () => {
  const routes = Array.from({ length: 9 }, (_, n) =>
    exampleRoute(`default via 192.168.0.${n + 1} dev eth0 metric ${n}`),
  )
  const host = exampleHost([{ name: 'eth0', addresses: ['192.168.0.99/24'] }], routes)
  const parsed = parseOptions(suggestWans(foundInterfaces(host)))
  assert.equal(parsed.kind === 'ok' && parsed.settings.wans.length, 8)
})

test('where nothing is found it is said what to do, as text that can be filled in', () => {
  const suggestion = suggestWans([found('eth0', ['169.254.3.4/16'])])
  assert.match(suggestion, /^wans:\n {2}# No gateway was found/)
  const uncommented = suggestion.replaceAll(/^ {2}# (?= |-)/gm, '  ')
  assert.equal(parseOptions(uncommented).kind, 'ok')
})
