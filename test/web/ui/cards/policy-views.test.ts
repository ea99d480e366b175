import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyViews } from '../../../../src/web/ui/cards/policy-views.ts'
import { scenario } from '../scenario.ts'
import { noonMs, voice } from '../texts/voices.ts'

const { snapshot, setup } = scenario('well', noonMs)
const { texts } = voice()

function print(views: ReturnType<typeof policyViews>): string[] {
  return views.map(({ name, who, what, order, uses }) =>
    [name, who, what ?? 'everything', order.join('>') || 'none', uses].join(' | '),
  )
}

test('each policy says who may use what, and what it uses now', () => {
  assert.deepEqual(print(policyViews(snapshot, setup, texts)), [
    'work_laptop | 192.168.1.31, a4:83:e7:21:0c:55 | TCP · ports 443, 5000-5100 | fibre>lte | fibre',
    'kids_tablet | 192.168.1.50 | everything | lte | lte',
    'default | Everyone else | everything | fibre>lte | fibre',
  ])
})

test('who has no Internet, and the machine itself, are named in words', () => {
  const [, , last] = setup.policies
  assert.ok(last)
  const policies = [
    { ...last, name: 'none_at_all', from: ['host', 'all'], to: ['10.0.0.0/8'], use: ['none'] },
    { ...last, name: 'empty', use: [] },
  ]
  assert.deepEqual(print(policyViews(snapshot, { ...setup, policies }, texts)), [
    'none_at_all | This machine, Everyone | to 10.0.0.0/8 | none | ',
    'empty | Everyone | everything | none | ',
  ])
})

test('where there is only the default policy it is everyone’s', () => {
  const policies = setup.policies.slice(-1)
  const [only] = policyViews(snapshot, { ...setup, policies }, texts)
  assert.equal(only?.who, 'Everyone')
})
