import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FoundLine } from '../../../../src/model/published/found-line.ts'
import {
  changed,
  firstAnswers,
  guidedOptions,
  isWorthUsing,
  moved,
} from '../../../../src/web/ui/guide/answers.ts'
import { exampleLine } from '../../../examples/example-search.ts'

function line(id: string, changes: Partial<FoundLine> = {}, metered = false): FoundLine {
  const [link = '', gateway = null] = id.split('/')
  const name = gateway === null ? link : `line_${gateway.split('.').at(-1)}`
  const suggested = { name, metered, gateway: gateway ?? 'none', interface: link, gateway6: null }
  return { ...exampleLine, id, interface: link, gateway, suggested, ...changes }
}

const first = line('eth0/192.168.0.1')
const second = line('eth0/192.168.0.2')
const stick = line('wwan0', {}, true)

test('found lines are all used: those without a bill first, and dead or doubled ones not', () => {
  const dead = line('eth1/10.0.0.1', { answered: [] })
  const twin = line('eth0/192.168.0.9', { same_as: first.id })
  assert.deepEqual(
    [first, dead, twin].map((one) => isWorthUsing(one)),
    [true, false, false],
  )
  const { lines } = firstAnswers([stick, dead, twin, first, second], { wans: [] })
  assert.deepEqual(
    lines.map(({ id, use, metered }) => [id, use, metered]),
    [
      [first.id, true, false],
      [second.id, true, false],
      ['wwan0', true, true],
      [twin.id, false, false],
      [dead.id, false, false],
    ],
  )
})

test('two lines of one suggested name get two names', () => {
  const named = { ...second.suggested, name: 'line_1' }
  const { lines } = firstAnswers([first, { ...second, suggested: named }], {})
  assert.deepEqual(
    lines.map(({ name }) => name),
    ['line_1', 'line_1_2'],
  )
})

test('the defaults of a fresh machine say nothing that a default says', () => {
  const found = [first, stick]
  const options = { wans: [], policies: [], default_policy: {} }
  assert.deepEqual(guidedOptions(options, firstAnswers(found, options), found), {
    wans: [
      { name: 'line_1', gateway: '192.168.0.1', interface: 'eth0' },
      { name: 'wwan0', gateway: 'none', interface: 'wwan0', metered: true },
    ],
    policies: [],
    default_policy: {},
  })
})

test('a line that is set up keeps all that the guide does not ask for, and its place', () => {
  const options = {
    wans: [
      { name: 'lte', gateway: '192.168.0.2', metered: true, cap_mb: 5000 },
      { name: 'gone', gateway: '10.9.9.9', weight: 3 },
    ],
  }
  const found = [first, { ...second, wan: 'lte' }]
  const answers = firstAnswers(found, options)
  assert.deepEqual(
    answers.lines.map(({ id, name }) => [id, name]),
    [
      [second.id, 'lte'],
      ['wan:gone', 'gone'],
      [first.id, 'line_1'],
    ],
  )
  assert.deepEqual(guidedOptions(options, answers, found)['wans'], [
    ...options.wans,
    { name: 'line_1', gateway: '192.168.0.1', interface: 'eth0' },
  ])
})

test('a line of wrong options is known by what stands there', () => {
  const options = { wans: [{ name: 'Fibre!', gateway: '192.168.0.1' }] }
  const { lines } = firstAnswers([first, second], options)
  assert.deepEqual(
    lines.map(({ id, name }) => [id, name]),
    [
      [first.id, 'Fibre!'],
      [second.id, 'line_2'],
    ],
  )
})

test('whoever may use a line may use it by its new name; one that goes leaves no Internet', () => {
  const options = {
    wans: [
      { name: 'one', gateway: '192.168.0.1' },
      { name: 'two', gateway: '192.168.0.2' },
    ],
    policies: [
      { name: 'tv', from: ['192.168.0.5'], use: ['two', 'one'] },
      { name: 'kids', from: ['192.168.0.6'], use: ['two'] },
    ],
    default_policy: { use: ['one'] },
  }
  const found = [first, second]
  const named = changed(firstAnswers(found, options), first.id, { name: 'fibre' })
  const without = changed(named, second.id, { use: false })
  const { policies, default_policy } = guidedOptions(options, without, found)
  assert.deepEqual(policies, [
    { name: 'tv', from: ['192.168.0.5'], use: ['fibre'] },
    { name: 'kids', from: ['192.168.0.6'], use: ['none'] },
  ])
  assert.deepEqual(default_policy, { use: ['fibre'] })
})

test('"this machine only" keeps the others on the main line, and "the whole house" undoes it', () => {
  const found = [first, second]
  const options = { wans: [], policies: [{ name: 'tv', from: ['192.168.0.5'], use: ['none'] }] }
  const answers = { ...firstAnswers(found, options), who: 'machine' } as const
  const guided = guidedOptions(options, answers, found)
  assert.deepEqual(guided['policies'], [
    { name: 'this_machine', from: ['host'], use: ['line_1', 'line_2'] },
    ...options.policies,
  ])
  assert.deepEqual(guided['default_policy'], { use: ['line_1'] })
  const again = firstAnswers(found, guided)
  assert.equal(again.who, 'machine')
  const undone = guidedOptions(guided, { ...again, who: 'house' }, found)
  assert.deepEqual([undone['policies'], undone['default_policy']], [options.policies, {}])
})

test('help with names and messages are written only where they are no default', () => {
  const found = [first, second]
  const answers = { ...firstAnswers(found, {}), dnsHelp: false, notify: ['notify.phone'] }
  const guided = guidedOptions({}, answers, found)
  assert.equal(guided['dns_rescue'], 'off')
  assert.deepEqual(guided['notify'], ['notify.phone'])
  const back = guidedOptions(guided, { ...firstAnswers(found, guided), dnsHelp: true }, found)
  assert.ok(!('dns_rescue' in back))
  assert.deepEqual(back['notify'], ['notify.phone'])
})

test('a line moves one place, and the ends stay where they are', () => {
  const answers = firstAnswers([first, second, stick], {})
  const order = (by: -1 | 1, id: string) => moved(answers, id, by).lines.map((one) => one.id)
  assert.deepEqual(order(1, first.id), [second.id, first.id, 'wwan0'])
  assert.deepEqual(order(-1, 'wwan0'), [first.id, 'wwan0', second.id])
  assert.deepEqual(order(-1, first.id), [first.id, second.id, 'wwan0'])
  assert.deepEqual(order(1, 'wwan0'), [first.id, second.id, 'wwan0'])
})
