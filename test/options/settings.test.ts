/** Right options and the settings that they become. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseOptions } from '../../src/options/parse-options.ts'
import { exampleSettings } from '../examples/example-settings.ts'
import { settingsOf } from '../examples/settings-of.ts'
import { two } from './refused.ts'

test('two gateways are all that must be given', () => {
  assert.deepEqual(settingsOf(two), exampleSettings())
})

test('JSON is read as YAML is', () => {
  const wans = [
    { name: 'primary', gateway: '192.168.0.1' },
    { name: 'secondary', gateway: '192.168.0.2' },
  ]
  assert.deepEqual(settingsOf(JSON.stringify({ wans })), settingsOf(two))
})

test("the empty fields of the Supervisor's form are the defaults", () => {
  const empty = {
    wans: [
      { name: 'primary', gateway: '192.168.0.1', gateway6: '', interface: '', table: null },
      { name: 'secondary', gateway: '192.168.0.2', inbound: '', weight: null },
    ],
    policies: null,
    default_policy: { use: null, balance: null },
    probe: { targets: null, dns_name: '' },
    mqtt: { host: '', port: null, username: '', password: '', tls: '', base_topic: '' },
    notify: null,
    nat: '',
  }
  assert.deepEqual(settingsOf(JSON.stringify(empty)), settingsOf(two))
})

test('blanks around a text are as if left out, and so is a text of blanks only', () => {
  const blank = {
    wans: [
      { name: ' primary', gateway: '192.168.0.1 ', gateway6: ' none ', interface: '  ' },
      { name: 'secondary\t', gateway: ' 192.168.0.2', inbound: ' open' },
    ],
    probe: { targets: [' 1.1.1.1', '8.8.8.8 ', '9.9.9.9'], methods: ['icmp ', ' dns'] },
    dns_rescue: 'auto ',
    mqtt: { host: ' ', username: '  ', base_topic: ' wan_failover' },
    log_level: ' info',
  }
  assert.deepEqual(settingsOf(JSON.stringify(blank)), settingsOf(two))
})

test('what the form leaves of a list, a section and a field is as if left out', () => {
  for (const options of [
    'default_policy: { use: [] }',
    'default_policy: null',
    'mqtt: null',
    'mqtt: {}',
    'probe: { interval: null, targets6: null }',
    'policies: null',
  ]) {
    assert.deepEqual(settingsOf(`${two}${options}`), settingsOf(two), options)
  }
})

test('eight WANs are allowed, and one or none at all to observe only', () => {
  const wans = Array.from({ length: 8 }, (_, i) => ({ name: `w${i}`, gateway: `10.0.${i}.1` }))
  assert.equal(settingsOf(JSON.stringify({ wans })).wans[7]?.table, 107)
  assert.deepEqual(settingsOf('wans: []').defaultPolicy.use, [])
  const one = settingsOf('wans: [{ name: primary, gateway: 192.168.0.1 }]')
  assert.deepEqual(one.defaultPolicy.use, ['primary'])
})

test('one gateway address on two interfaces is two WANs', () => {
  const { wans } = settingsOf(`wans:
  - { name: a, gateway: 172.20.10.1, interface: wlan0, gateway6: fe80::1 }
  - { name: b, gateway: 172.20.10.1, interface: wlan1, gateway6: fe80::1 }`)
  assert.deepEqual(
    wans.map((wan) => wan.interface),
    [
      { kind: 'name', name: 'wlan0' },
      { kind: 'name', name: 'wlan1' },
    ],
  )
})

test('a line without a gateway, and a stick by its MAC', () => {
  const { wans } = settingsOf(`wans:
  - { name: dsl, gateway: none, gateway6: link, interface: ppp0 }
  - { name: lte, gateway: auto, interface: AA-BB-CC-DD-EE-F0 }`)
  assert.deepEqual(wans[0]?.ways, { ipv4: { kind: 'link' }, ipv6: { kind: 'link' } })
  assert.deepEqual(wans[1]?.interface, { kind: 'mac', mac: 'aa:bb:cc:dd:ee:f0' })
})

test('addresses, networks, MACs and ports become canonical', () => {
  const { policies } = settingsOf(`${two}
policies:
  - name: kids_tablet
    from: [192.168.0.50/32, 192.168.0.64/26, AA-BB-CC-DD-EE-FF, "2001:DB8:0:0:1:0:0:1", host, all, "1::22:33:44:55:66"]
    to: [203.0.113.7, 2001:0DB8::/32, 0.0.0.0/0]
    protocol: tcp
    ports: [443, "80", "5000-5100", "5050-5200", 444]
    use: [secondary, primary]
    over_cap: true
    failback: immediate
  - { name: guests, from: [192.168.9.0/24], use: [none] }`)
  assert.deepEqual(policies[0], {
    name: 'kids_tablet',
    from: [
      { kind: 'address', cidr: '192.168.0.50' },
      { kind: 'address', cidr: '192.168.0.64/26' },
      { kind: 'mac', mac: 'aa:bb:cc:dd:ee:ff' },
      { kind: 'address', cidr: '2001:db8::1:0:0:1' },
      { kind: 'host' },
      { kind: 'all' },
      { kind: 'address', cidr: '1::22:33:44:55:66' },
    ],
    to: ['203.0.113.7/32', '2001:db8::/32', '0.0.0.0/0'],
    protocol: 'tcp',
    ports: [
      { first: 80, last: 80 },
      { first: 443, last: 444 },
      { first: 5000, last: 5200 },
    ],
    use: ['secondary', 'primary'],
    balance: false,
    overCap: true,
    failback: 'immediate',
  })
  assert.deepEqual(policies[1]?.use, [])
})

test('seconds may have decimals and minutes become milliseconds', () => {
  const settings = settingsOf(
    'wans: []\nprobe: { interval: 0.25 }\nfailback: { delay: 0 }\ntest_failover: { minutes: 1.5 }',
  )
  assert.equal(settings.probe.intervalMs, 250)
  assert.equal(settings.failback.delayMs, 0)
  assert.equal(settings.testFailover.durationMs, 90_000)
})

test('the port of MQTT follows TLS, and a port that is given wins', () => {
  const mqttOf = (mqtt: string) => settingsOf(`wans: []\nmqtt: ${mqtt}`).mqtt
  assert.equal(mqttOf('{ host: broker }').port, 1883)
  assert.equal(mqttOf('{ host: broker, tls: true }').port, 8883)
  assert.equal(mqttOf('{ host: broker, tls: true, port: 1884 }').port, 1884)
  assert.equal(mqttOf('{ tls_ca_file: /ssl/ca.pem }').tls, null)
  assert.deepEqual(mqttOf('{ tls: true }').tls, { caFile: null, verify: true })
  assert.deepEqual(mqttOf('{ tls: true, tls_ca_file: /ssl/ca.pem, tls_verify: false }').tls, {
    caFile: '/ssl/ca.pem',
    verify: false,
  })
})

test('a password is kept as it is, blanks included', () => {
  const { mqtt } = settingsOf('wans: []\nmqtt: { username: u, password: " 007 " }')
  assert.equal(mqtt.password, ' 007 ')
})

test('notify services are named with their domain', () => {
  const { notify } = settingsOf('wans: []\nnotify: [mobile_app_phone, notify.Family]')
  assert.deepEqual(notify, ['notify.mobile_app_phone', 'notify.family'])
})

test('the conditional failover of one metered stick can be written', () => {
  const { policies, defaultPolicy } = settingsOf(`
wans:
  - { name: primary, gateway: 192.168.0.1 }
  - { name: lte, gateway: auto, interface: wwan0, metered: true, cap_mb: 500, inbound: established }
policies: [{ name: alarm, from: [192.168.0.20], use: [primary, lte] }]
default_policy: { use: [primary] }`)
  assert.deepEqual(defaultPolicy.use, ['primary'])
  assert.deepEqual(policies[0]?.use, ['primary', 'lte'])
})

test('aliases within reason are resolved', () => {
  const { policies } = settingsOf(`${two}
policies:
  - { name: a, from: &kids [192.168.0.50], use: [primary], protocol: tcp }
  - { name: b, from: *kids, use: [none] }`)
  assert.deepEqual(policies[1]?.from, policies[0]?.from)
})

const warned: readonly (readonly [string, string, RegExp])[] = [
  [
    'a single target',
    `${two}probe: { targets: [1.1.1.1] }`,
    /^probe\.targets: there is only one target/,
  ],
  [
    'a gateway as a target',
    `${two}probe: { targets: [1.1.1.1, 192.168.0.2] }`,
    /^probe\.targets: the gateway of secondary answers/,
  ],
  [
    'a single target of its own',
    `wans: [{ name: a, gateway: 10.0.0.1, targets: [192.0.2.1] }, { name: b, gateway: 10.0.0.2 }]`,
    /^wans\[0\]\.targets: a has only one IPv4 target/,
  ],
  [
    'its own gateway as a target of its own',
    `wans: [{ name: a, gateway: 10.0.0.1, targets: [192.0.2.1, 10.0.0.1] }, { name: b, gateway: 10.0.0.2 }]`,
    /^wans\[0\]\.targets: the gateway of a answers/,
  ],
  [
    'IPv6 without targets',
    `wans: [{ name: a, gateway: 10.0.0.1, gateway6: fe80::1 }, { name: b, gateway: 10.0.0.2 }]
probe: { targets6: [] }`,
    /^probe\.targets6: without targets, the IPv6 of a /,
  ],
  [
    'a metered WAN probed more often',
    `wans: [{ name: a, gateway: 10.0.0.1, metered: true }, { name: b, gateway: 10.0.0.2 }]
probe: { interval: 60 }`,
    /^probe\.metered_interval: /,
  ],
  [
    'a policy behind one that matches everything',
    `${two}policies: [{ name: a, from: [all], use: [primary] }, { name: b, from: [host], use: [none] }]`,
    /^policies: b never matches, since a before it/,
  ],
]

for (const [what, text, expected] of warned) {
  test(`allowed with a warning: ${what}`, () => {
    const parsed = parseOptions(text)
    assert.equal(parsed.kind, 'ok')
    assert.equal(parsed.warnings.length, 1)
    assert.match(parsed.warnings[0] ?? '', expected)
  })
}

test('the defaults warn of nothing', () => {
  const parsed = parseOptions(two)
  assert.deepEqual(parsed.kind === 'ok' && parsed.warnings, [])
})

test('the page is for this host alone until a token is given, and a port of 0 switches it off', () => {
  assert.deepEqual(settingsOf(two).web, { port: 8099, token: null })
  const off = settingsOf(`${two}\nweb: { port: 0, token: "" }`)
  assert.deepEqual(off.web, { port: 0, token: null })
  const open = settingsOf(`${two}\nweb: { token: correct-horse-battery }`)
  assert.deepEqual(open.web, { port: 8099, token: 'correct-horse-battery' })
})
