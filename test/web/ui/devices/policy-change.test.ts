import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyChoices, withPolicy } from '../../../../src/web/ui/devices/policy-change.ts'

const tablet = { address: '192.168.0.50', mac: '02:00:00:00:00:50', meant_by: [] }
const work = { name: 'work', from: ['192.168.0.31'], use: ['fibre'] }
const kids = { name: 'kids', from: ['192.168.0.50', '192.168.0.51'], use: ['lte'] }
const web = { name: 'web', from: ['192.168.0.50'], ports: '443', protocol: 'tcp', use: ['lte'] }
const guests = { name: 'guests', from: ['192.168.0.0/24'], use: ['lte'] }
const options = { log_level: 'info', policies: [work, kids, web, guests] }

test('a device goes into a policy by its MAC, out of the one that had it, and nothing else moves', () => {
  assert.deepEqual(withPolicy(options, tablet, 'work'), {
    options: {
      log_level: 'info',
      policies: [
        { ...work, from: ['192.168.0.31', '02:00:00:00:00:50'] },
        { ...kids, from: ['192.168.0.51'] },
        web,
        guests,
      ],
    },
    emptied: [],
  })
})

test('one whose MAC nobody knows goes in by its address', () => {
  const { options: changed } = withPolicy(options, { ...tablet, mac: null }, 'work')
  assert.deepEqual(changed['policies'], [
    { ...work, from: ['192.168.0.31', '192.168.0.50'] },
    { ...kids, from: ['192.168.0.51'] },
    web,
    guests,
  ])
})

test('everyone else’s policy is the one without an entry', () => {
  const { options: changed } = withPolicy(options, tablet, 'default')
  assert.deepEqual(changed['policies'], [work, { ...kids, from: ['192.168.0.51'] }, web, guests])
})

for (const entry of ['02-00-00-00-00-50', ' 192.168.0.50/32', '02:00:00:00:00:50']) {
  test(`its entry is found as ${JSON.stringify(entry)} too`, () => {
    const written = { policies: [work, { ...kids, from: [entry, 'all'] }] }
    const { options: changed } = withPolicy(written, tablet, 'work')
    assert.deepEqual((changed['policies'] as (typeof kids)[])[1]?.from, ['all'])
  })
}

test('a policy that nobody is left in goes, for the options allow none without devices', () => {
  const written = { policies: [work, { ...kids, from: ['192.168.0.50'] }] }
  const { options: changed, emptied } = withPolicy(written, tablet, 'work')
  assert.deepEqual([(changed['policies'] as object[]).length, emptied], [1, ['kids']])
})

test('where a network of the policy means it, it needs no entry', () => {
  const device = { ...tablet, meant_by: ['guests'] }
  const { options: changed } = withPolicy(options, device, 'guests')
  assert.deepEqual(changed['policies'], [work, { ...kids, from: ['192.168.0.51'] }, web, guests])
})

test('to choose are the policies for all it does; none that stands behind one that means it', () => {
  assert.deepEqual(policyChoices(options, tablet), [
    { name: 'work', behind: null },
    { name: 'kids', behind: null },
    { name: 'guests', behind: null },
    { name: 'default', behind: null },
  ])
  assert.deepEqual(policyChoices(options, { meant_by: ['kids'] }).slice(1), [
    { name: 'kids', behind: null },
    { name: 'guests', behind: 'kids' },
    { name: 'default', behind: 'kids' },
  ])
})

test('options without policies leave nothing to choose, however odd they are', () => {
  for (const policies of [undefined, null, 'none', [null, 7]]) {
    const written = policies === undefined ? {} : { policies }
    assert.deepEqual(policyChoices(written, tablet), [{ name: 'default', behind: null }])
  }
})
