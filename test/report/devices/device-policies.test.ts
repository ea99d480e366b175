import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyOf } from '../../../src/network/policies/policy-of.ts'
import { devicePolicies } from '../../../src/report/devices/device-policies.ts'
import { placeOf } from '../../../src/report/devices/network-lookup.ts'
import { examplePolicy } from '../../examples/example-settings.ts'
import { Random } from '../../random.ts'

test('it says of a device what nft does with its packets, whatever the policies', () => {
  const random = new Random(13)
  const matchers = [
    { kind: 'address', cidr: '192.168.0.50/32' },
    { kind: 'address', cidr: '192.168.0.48/28' },
    { kind: 'address', cidr: '10.0.0.0/8' },
    { kind: 'address', cidr: '2001:db8::/64' },
    { kind: 'address', cidr: '2001:db8::50' },
    { kind: 'mac', mac: '02:00:00:00:00:50' },
    { kind: 'host' },
    { kind: 'all' },
  ] as const
  const addresses = ['192.168.0.50', '192.168.0.51', '10.9.9.9', '2001:db8::50', '2001:db8::51']
  const found = new Set<string>()
  for (let n = 0; n < 500; n += 1) {
    const policies = ['a', 'b', 'c'].map((name) => ({
      ...examplePolicy(name, ['primary']),
      from: [random.pick(matchers), random.pick(matchers.slice(0, 7))],
      to: random.chance(0.2) ? ['203.0.113.0/24'] : [],
    }))
    const address = random.pick(addresses)
    const mac = random.pick([null, '02:00:00:00:00:50'])
    const sender = { from: address, to: '198.18.0.1', own: false, ...(mac === null ? {} : { mac }) }
    const expected = policyOf(policies, sender)?.name ?? 'default'
    assert.equal(
      devicePolicies(policies)({ address, place: placeOf(address), mac }).policy,
      expected,
    )
    found.add(expected)
  }
  assert.equal(found.size, 4)
})
