import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Matcher, PolicySettings } from '../../../src/model/settings/settings.ts'
import { type PolicyQuestion, policyOf } from '../../../src/network/policies/policy-of.ts'
import { examplePolicy } from '../../examples/example-settings.ts'

const anyone = { from: '192.168.0.50', to: '1.1.1.1', own: false } as const
const mac = '02:00:00:00:00:01'

const rows: readonly (readonly [
  name: string,
  policy: Partial<PolicySettings>,
  question: Partial<PolicyQuestion>,
  matches: boolean,
])[] = [
  ['an address', { from: [{ kind: 'address', cidr: '192.168.0.50' }] }, {}, true],
  ['its network', { from: [{ kind: 'address', cidr: '192.168.0.48/28' }] }, {}, true],
  ['another address', { from: [{ kind: 'address', cidr: '192.168.0.51' }] }, {}, false],
  ['the other family', { from: [{ kind: 'address', cidr: '::/0' }] }, {}, false],
  ['its MAC', { from: [{ kind: 'mac', mac }] }, { mac }, true],
  ['a MAC that is not known', { from: [{ kind: 'mac', mac }] }, {}, false],
  ['the MAC of this machine itself', { from: [{ kind: 'mac', mac }] }, { mac, own: true }, false],
  ['a device where this machine is meant', { from: [{ kind: 'host' }] }, {}, false],
  ['this machine', { from: [{ kind: 'host' }] }, { own: true }, true],
  ['everyone', {}, {}, true],
  ['everyone, this machine too', {}, { own: true }, true],
  ['a target', { to: ['1.1.1.0/24'] }, {}, true],
  ['another target', { to: ['8.8.8.0/24', '::/0'] }, {}, false],
  ['a protocol', { protocol: 'icmp' }, { protocol: 'icmp' }, true],
  ['another protocol', { protocol: 'udp' }, { protocol: 'tcp' }, false],
  ['a protocol that is not said', { protocol: 'udp' }, {}, false],
  ['a port', https(), { protocol: 'tcp', port: 443 }, true],
  ['another port', https(), { protocol: 'tcp', port: 444 }, false],
  ['a port that is not said', https(), { protocol: 'tcp' }, false],
]

function https(): Partial<PolicySettings> {
  return { protocol: 'tcp', ports: [{ first: 443, last: 443 }] }
}

describe('a policy', () => {
  for (const [name, changes, question, matches] of rows) {
    test(`${matches ? 'matches' : 'does not match'} ${name}`, () => {
      const policy = { ...examplePolicy('asked', []), ...changes }
      const found = policyOf([policy], { ...anyone, ...question })
      assert.equal(found?.name ?? null, matches ? 'asked' : null)
    })
  }

  test('comes before those behind it', () => {
    const all: Matcher[] = [{ kind: 'all' }]
    const policies = ['first', 'second'].map((name) => ({ ...examplePolicy(name, []), from: all }))
    assert.equal(policyOf(policies, anyone)?.name, 'first')
  })
})
