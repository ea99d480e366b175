/** Whatever stands in the file, parsing ends with a value; what is valid survives being printed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { probeMethods } from '../../src/model/probe.ts'
import type { Matcher, Settings } from '../../src/model/settings/settings.ts'
import type { GivenWay } from '../../src/model/uplink.ts'
import { parseOptions } from '../../src/options/parse-options.ts'
import { formatProblems } from '../../src/options/problem.ts'
import { printOptions } from './print-options.ts'

test('no text makes the parser throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), yamlLike), (text) => {
      assertWhole(text)
    }),
  )
})

test('no JSON makes the parser throw', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      assertWhole(text)
    }),
  )
})

test('no value in the place of an option makes the parser throw', () => {
  const paths = [
    ...['wans', 'policies', 'probe', 'mqtt', 'failback', 'notify', 'nat', 'default_policy'],
    ...['wans.0', 'wans.0.name', 'wans.1.gateway', 'wans.0.gateway6', 'wans.0.interface'],
    ...['wans.1.table', 'policies.0', 'policies.0.from', 'policies.0.from.0', 'policies.0.to'],
    ...['policies.0.ports', 'policies.0.ports.0', 'policies.0.use', 'policies.0.use.0'],
    ...['probe.targets', 'probe.targets.0', 'probe.http_url', 'mqtt.host', 'mqtt.password'],
  ]
  const twoPlaces = fc.array(fc.tuple(fc.constantFrom(...paths), anyValue), { maxLength: 3 })
  fc.assert(
    fc.property(twoPlaces, (places) => {
      const options = structuredClone(soundOptions)
      for (const [path, value] of places) put(options, path.split('.'), value)
      assertWhole(JSON.stringify(options))
    }),
  )
})

test('valid settings survive being printed and parsed', () => {
  fc.assert(
    fc.property(anySettings, (settings) => {
      const parsed = parseOptions(printOptions(settings))
      if (parsed.kind === 'invalid') assert.fail(formatProblems(parsed.problems).join('\n'))
      // fast-check's records have no prototype; their copies have the usual one.
      assert.deepEqual(parsed.settings, structuredClone(settings))
    }),
  )
})

const soundOptions: Record<string, unknown> = {
  wans: [
    { name: 'primary', gateway: '192.168.0.1' },
    { name: 'secondary', gateway: '192.168.0.2' },
  ],
  policies: [{ name: 'a', from: ['all'], to: [], ports: [], use: ['primary'] }],
  probe: { targets: ['1.1.1.1'] },
  mqtt: {},
}

const yamlLike = fc
  .array(
    fc.constantFrom(
      ...['wans', 'name', ':', ': ', '- ', '\n', '  ', '[', ']', '{', '}', ',', '"', "'", '|', '>'],
      ...[
        '&a',
        '*a',
        '!x',
        '%YAML 1.1\n---\n',
        '---\n',
        '#',
        '\t',
        'auto',
        '192.168.0.1',
        '~',
        '?',
      ],
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

const anyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    'auto',
    'none',
    'all',
    '',
    null,
    '10.0.0.1',
    '10.0.0.1/8',
    'fe80::1',
    '::/0',
    101,
  ),
  fc.ipV6(),
  fc.stringMatching(/^[\d:a-f/.]{0,20}$/),
)

const name = fc
  .stringMatching(/^[a-z][a-z0-9_]{0,31}$/)
  .filter((text) => !['automatic', 'auto', 'none', 'all', 'host', 'default'].includes(text))

/** More than blanks, which are as if left out. */
const writtenText = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '')

const ipv4 = fc
  .tuple(fc.integer({ min: 1, max: 223 }), fc.nat(255), fc.nat(255), fc.nat(255))
  .filter(([first]) => first !== 127)
  .map((bytes) => bytes.join('.'))

const ipv6 = fc.integer({ min: 1, max: 0xffff }).map((last) => `2001:db8::${last.toString(16)}`)

function address(text: fc.Arbitrary<string>): fc.Arbitrary<GivenWay> {
  return text.map((each) => ({ kind: 'address', address: each }))
}

const matcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.oneof(ipv4, ipv6).map((cidr): Matcher => ({ kind: 'address', cidr })),
  fc.integer({ min: 0, max: 24 }).map(
    (length): Matcher => ({
      kind: 'address',
      cidr: `${length === 0 ? '0' : length < 8 ? 2 ** (8 - length) : '10'}.0.0.0/${length}`,
    }),
  ),
  fc.nat(0xffff).map(
    (n): Matcher => ({
      kind: 'mac',
      mac: `02:00:00:00:${n.toString(16).padStart(4, '0').replace(/^(..)/, '$1:')}`,
    }),
  ),
  fc.constantFrom<Matcher>({ kind: 'host' }, { kind: 'all' }),
)

const matchers = fc.uniqueArray(matcher, { maxLength: 5, selector: (each) => JSON.stringify(each) })

/** Milliseconds that the options can say, since they say them in seconds. */
const ms = (first: number, last: number) => fc.integer({ min: first, max: last })

const wans = fc
  .uniqueArray(
    fc.record({
      name,
      ways: fc.record({
        ipv4: fc.oneof(address(ipv4), fc.constant<GivenWay>({ kind: 'learned' })),
        ipv6: fc.oneof(
          address(ipv6),
          fc.constantFrom<GivenWay>({ kind: 'none' }, { kind: 'learned' }),
        ),
      }),
      metered: fc.boolean(),
      capMb: fc.nat(1_000_000),
      billingDay: fc.integer({ min: 1, max: 28 }),
      weight: fc.integer({ min: 1, max: 256 }),
      inbound: fc.constantFrom('open' as const, 'established' as const),
      targets: fc.record({
        ipv4: fc.uniqueArray(ipv4, { maxLength: 3 }),
        ipv6: fc.uniqueArray(ipv6, { maxLength: 3 }),
      }),
      table: fc.integer({ min: 256, max: 0x7fffffff }),
    }),
    { minLength: 2, maxLength: 8, selector: (wan) => wan.name, comparator: 'IsStrictlyEqual' },
  )
  .map((each) =>
    each.map((wan, index) => ({
      ...wan,
      index,
      // Where there is no IPv6, none of its targets may be given.
      targets: wan.ways.ipv6.kind === 'none' ? { ...wan.targets, ipv6: [] } : wan.targets,
      // One link and one table each, so that none is another's double.
      interface: { kind: 'name' as const, name: `eth${index}` },
      table: 256 + (Math.floor(wan.table / 16) % 1_000_000) * 16 + index,
    })),
  )

const anySettings: fc.Arbitrary<Settings> = wans.chain((each) => {
  const use = fc.subarray(each.map((wan) => wan.name))
  return fc.record({
    wans: fc.constant(each),
    policies: fc.uniqueArray(
      fc.record({
        name,
        from: matchers.filter((list) => list.length > 0),
        to: fc.constantFrom([], ['203.0.113.0/24', '2001:db8::/32']),
        protocol: fc.constantFrom('tcp' as const, 'udp' as const),
        ports: fc.constantFrom(
          [],
          [
            { first: 80, last: 80 },
            { first: 443, last: 65535 },
          ],
        ),
        use,
        balance: fc.boolean(),
        overCap: fc.boolean(),
        failback: fc.constantFrom('graceful' as const, 'immediate' as const),
      }),
      { maxLength: 4, selector: (policy) => policy.name },
    ),
    defaultPolicy: fc.record({ use, balance: fc.boolean() }),
    probe: fc.record({
      targets: fc.record({
        ipv4: fc.uniqueArray(ipv4, { minLength: 1, maxLength: 5 }),
        ipv6: fc.uniqueArray(ipv6, { maxLength: 5 }),
      }),
      methods: fc.subarray([...probeMethods], { minLength: 1 }),
      dnsName: fc.domain(),
      tcpPort: fc.integer({ min: 1, max: 65535 }),
      httpUrl: fc.domain().map((domain) => new URL(`http://${domain}/generate_204`).href),
      intervalMs: ms(100, 3_600_000),
      meteredIntervalMs: ms(100, 86_400_000),
      timeoutMs: ms(100, 60_000),
      downAfter: fc.integer({ min: 1, max: 100 }),
      upAfter: fc.integer({ min: 1, max: 1000 }),
      maxLossPercent: fc.integer({ min: 0, max: 100 }),
      maxLatencyMs: fc.integer({ min: 1, max: 60_000 }),
    }),
    failback: fc.record({
      delayMs: ms(0, 1_000_000),
      mode: fc.constantFrom('graceful' as const, 'immediate' as const),
      maxHoldDownMs: ms(1_000_000, 86_400_000),
    }),
    sidestep: fc.constantFrom('auto' as const, 'always' as const, 'off' as const),
    dnsRescue: fc.constantFrom('auto' as const, 'off' as const),
    pair: fc.option(
      fc.record({
        address: fc.constant('192.168.7.5'),
        prefixLength: fc.integer({ min: 20, max: 28 }),
        address6: fc.constantFrom(null, 'fe80::5'),
        interface: fc.constantFrom(null, { kind: 'name' as const, name: 'eth0' }),
        peer: fc.constantFrom(null, '192.168.7.4'),
        role: fc.constantFrom('first' as const, 'second' as const),
        group: fc.integer({ min: 1, max: 255 }),
        advertMs: fc.constantFrom(100, 300),
      }),
    ),
    nat: fc.constantFrom('auto' as const, 'always' as const, 'never' as const),
    testFailover: fc.record({
      durationMs: fc.integer({ min: 1, max: 1440 }).map((minutes) => minutes * 60_000),
      devices: matchers,
    }),
    onStop: fc.constantFrom('restore' as const, 'keep' as const),
    mqtt: fc.record({
      host: fc.option(fc.oneof(fc.domain(), ipv4, ipv6)),
      port: fc.integer({ min: 1, max: 65535 }),
      username: writtenText,
      password: fc.option(writtenText),
      tls: fc.option(
        fc.record({ caFile: fc.constantFrom(null, '/ssl/ca.pem'), verify: fc.boolean() }),
      ),
      baseTopic: fc.constantFrom('wan_failover', 'site/wan.1'),
    }),
    notify: fc.uniqueArray(
      name.map((service) => `notify.${service}`),
      { maxLength: 3 },
    ),
    web: fc.record({
      port: fc.nat(65_535),
      token: fc.option(fc.stringMatching(/^[!-~]{16,40}$/)),
    }),
    logLevel: fc.constantFrom(...(['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)),
  })
})

/** Whatever came out is complete: settings, or problems that can be printed. */
function assertWhole(text: string): void {
  const parsed = parseOptions(text)
  if (parsed.kind === 'ok') return
  assert.ok(parsed.problems.length > 0)
  for (const line of formatProblems(parsed.problems)) {
    assert.match(line, /^\S.*: found .+, expected .+$|^and \d+ more$/u)
  }
}

/** Puts a value where the path leads; where it leads nowhere any more, nothing happens. */
function put(root: object, path: readonly string[], value: unknown): void {
  let parent: unknown = root
  for (const key of path.slice(0, -1)) {
    parent = typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : null
  }
  const last = path.at(-1)
  if (typeof parent !== 'object' || parent === null || last === undefined) return
  Reflect.set(parent, last, value)
}
