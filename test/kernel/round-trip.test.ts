/** What is written is read back equal: the real kernel judges the text and the reading. */
import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { Route, Rule } from '../../src/model/host.ts'
import { ourProtocol } from '../../src/model/marks.ts'
import { oursOf } from '../contract/kernel.ts'
import { by, ourRoute } from '../examples/example-route.ts'
import { ourRule } from '../examples/example-rule.ts'
import { networkOfAddress } from '../fakes/fake-network.ts'
import type { RealHost } from './real-host.ts'
import { makeRealHost } from './real-host.ts'

let host: RealHost
before(async () => {
  host = await makeRealHost()
})
after(() => host.close())

const orNull = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.option(value, { nil: null })

const network4 = fc
  .tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 }))
  .map(([address, length]) => networkOfAddress(address, length))
  // The kernel takes the network of all zeros for "everybody".
  .filter((cidr) => !cidr.startsWith('0.'))
const network6 = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 0xffff }), { minLength: 6, maxLength: 6 }),
    fc.integer({ min: 33, max: 128 }),
  )
  .map(([groups, length]) => {
    const text = groups.map((group) => group.toString(16)).join(':')
    return networkOfAddress(`2001:db8:${text}`, length)
  })

const table = fc.oneof(fc.integer({ min: 100, max: 110 }), fc.constant(0xfffffff0))

const action: fc.Arbitrary<Rule['action']> = fc.oneof(
  fc.record({
    kind: fc.constant('lookup' as const),
    table,
    suppressPrefixLength: orNull(fc.integer({ min: 0, max: 32 })),
  }),
  fc.constantFrom(
    { kind: 'unreachable' } as const,
    { kind: 'blackhole' } as const,
    { kind: 'prohibit' } as const,
  ),
)

const mark = fc
  .record({
    value: fc.integer({ min: 1, max: 0xffffffff }),
    mask: fc.constantFrom(0xff000000, 0xffffffff, 0xff0000),
  })
  .map(({ value, mask }) => ({ value: (value & mask) >>> 0, mask }))
  // Without a bit under the mask `ip` shows no mark at all.
  .filter(({ value }) => value !== 0)

const rule = (family: Rule['family']): fc.Arbitrary<Rule> => {
  const network = family === 'ipv4' ? network4 : network6
  return fc
    .record({
      priority: fc.integer({ min: 9900, max: 10999 }),
      mark: orNull(mark),
      incoming: orNull(fc.constantFrom('lo', 'one', 'not-there-yet')),
      from: orNull(network),
      to: orNull(network),
      ports: orNull(
        fc.record({
          ipProtocol: fc.constantFrom('tcp' as const, 'udp' as const),
          sourcePorts: orNull(
            fc
              .tuple(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 0, max: 99 }))
              .map(([first, more]) => ({ first, last: Math.min(first + more, 65534) }))
              .filter(({ first, last }) => first <= last),
          ),
        }),
      ),
      words: orNull(
        fc.constantFrom(
          ...['oif two', 'oif not-there-yet', 'uidrange 7-7', 'uidrange 0-4294967294'],
          ...['dport 53', 'oif two uidrange 1-9 dport 5-9'],
        ),
      ),
      action,
    })
    .map(({ ports, words, ...rest }) =>
      ourRule({ family, ...rest, ...(ports ?? {}), ...(words === null ? {} : { words }) }),
    )
}

const type = fc.constantFrom<Route['type']>('unreachable', 'blackhole', 'prohibit', 'throw')

const way4 = fc.oneof(
  fc.record({
    nextHops: fc
      .tuple(fc.integer({ min: 1, max: 254 }), fc.boolean())
      .map(([last, onlink]) => [{ ...by(`192.168.1.${last === 3 ? 4 : last}`), onlink }]),
    source: orNull(fc.constantFrom('192.168.1.3', '192.168.2.3')),
  }),
  fc.record({
    nextHops: fc.constantFrom([by(null)], [by(null, 'two')]),
    scope: fc.constant('link'),
    source: orNull(fc.constant('192.168.1.3')),
  }),
  fc.record({
    nextHops: fc
      .tuple(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 1, max: 256 }))
      .map(([one, two]) => [
        { ...by('192.168.1.1'), weight: one },
        { ...by('192.168.2.1', 'two'), weight: two },
      ]),
  }),
  fc.constant({ nextHops: [by('fe80::1')] }),
  type.map((name) => ({ type: name, nextHops: [] })),
)
const way6 = fc.oneof(
  fc.constantFrom(
    { nextHops: [by('2001:db8:1::1')] },
    { nextHops: [by('fe80::1', 'two')] },
    { nextHops: [by(null)] },
    { nextHops: [{ ...by('2001:db8:9::1'), onlink: true }] },
    { nextHops: [by('2001:db8:1::1')], source: '2001:db8:1::3' },
    { nextHops: [by('2001:db8:1::1'), { ...by('fe80::1', 'two'), weight: 3 }] },
  ),
  type.map((name) => ({ type: name, nextHops: [] })),
)

const route = (family: Route['family']): fc.Arbitrary<Route> => {
  const four = family === 'ipv4'
  const defaultRoute = fc.constant(four ? '0.0.0.0/0' : '::/0')
  // Multicast and class E destinations are no unicast routes.
  const network = four ? network4.filter((cidr) => Number(cidr.split('.')[0]) < 224) : network6
  return fc
    .record({
      destination: fc.oneof(defaultRoute, network),
      table,
      metric: fc.integer({ min: four ? 0 : 1, max: 0xffffffff }),
      mtu: orNull(fc.integer({ min: 1280, max: 1500 })),
      way: four ? way4 : way6,
    })
    .map(({ way, mtu, ...rest }) =>
      ourRoute({ ...rest, mtu: 'type' in way ? null : mtu, ...way, protocol: ourProtocol }),
    )
}

const sorted = (values: readonly (Rule | Route)[]): string[] =>
  values.map((value) => JSON.stringify(value, Object.keys(allKeys).sort())).sort()
/** Every key in one order, so that texts can be compared. */
const allKeys = {
  ...ourRule({ priority: 1 }),
  ...ourRoute({ destination: '0.0.0.0/0' }),
  ...{ value: 0, mask: 0, first: 0, last: 0, kind: 0, suppressPrefixLength: 0 },
  ...{ gateway: 0, link: 0, weight: 0, onlink: 0, words: 0 },
}

test('rules of every kind are read back as they were added, and deleted without a trace', async () => {
  const some = fc.uniqueArray(fc.oneof(rule('ipv4'), rule('ipv6')), {
    maxLength: 8,
    selector: ({ family, priority }) => `${family} ${priority}`,
  })
  await fc.assert(
    fc.asyncProperty(some, async (rules) => {
      const { kernel } = host
      const added = await kernel.apply(rules.map((each) => ({ kind: 'add_rule', rule: each })))
      const read = oursOf(await kernel.read()).rules
      const deleted = await kernel.apply(rules.map((each) => ({ kind: 'delete_rule', rule: each })))
      assert.deepEqual([...added, ...deleted], [])
      assert.deepEqual(sorted(read), sorted(rules))
      assert.deepEqual(oursOf(await kernel.read()).rules, [])
    }),
    { numRuns: 60 },
  )
})

test('routes of every kind are read back as they were put, and deleted without a trace', async () => {
  const some = fc.uniqueArray(fc.oneof(route('ipv4'), route('ipv6')), {
    maxLength: 8,
    // Metrics are not part of it: without one `ip route del` takes any.
    selector: (each) => `${each.family} ${each.table} ${each.destination}`,
  })
  await fc.assert(
    fc.asyncProperty(some, async (routes) => {
      const { kernel } = host
      const put = routes.map((each) => ({ kind: 'replace_route', route: each }) as const)
      const added = await kernel.apply([...put, ...put])
      const read = oursOf(await kernel.read()).routes
      const deleted = await kernel.apply(
        routes.map((each) => ({ kind: 'delete_route', route: each })),
      )
      assert.deepEqual([...added, ...deleted], [])
      assert.deepEqual(sorted(read), sorted(routes))
      assert.deepEqual(oursOf(await kernel.read()).routes, [])
    }),
    { numRuns: 60 },
  )
})
