import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Decision } from '../../../src/model/decision.ts'
import { maxUses } from '../../../src/model/marks.ts'
import { everyPolicy } from '../../../src/model/settings/every-policy.ts'
import type { PolicySettings, Settings } from '../../../src/model/settings/settings.ts'
import { trafficClasses } from '../../../src/network/policies/traffic-classes.ts'
import { bothFamilies } from '../../examples/both-families.ts'
import { exampleDecision } from '../../examples/example-decision.ts'
import { examplePolicy, exampleSettings } from '../../examples/example-settings.ts'

const both = ['primary', 'secondary']

function decided(settings: Settings, changes: Partial<Decision> = {}): Decision {
  const firsts = everyPolicy(settings).map(({ name, use }) => [name, use[0] ?? null] as const)
  return exampleDecision(Object.fromEntries(firsts), changes)
}

function classesOf(
  policies: readonly PolicySettings[],
  changes: Partial<Settings> & { readonly decision?: Partial<Decision> } = {},
) {
  const { decision, ...others } = changes
  const settings = exampleSettings({ policies, ...others })
  return trafficClasses(settings, decided(settings, decision))
}

/** By policy, the number of its class in order of appearance; `-` has none. */
function grouped(...parameters: Parameters<typeof classesOf>): string {
  const { of } = classesOf(...parameters)
  const seen: number[] = []
  const numbers = [...of].map(([name, one]) => {
    if (one === null) return `${name} -`
    if (!seen.includes(one.use)) seen.push(one.use)
    return `${name} ${seen.indexOf(one.use)}`
  })
  return numbers.join(', ')
}

describe('classes of traffic', () => {
  test('are one for each distinct use, however many policies share it', () => {
    const policies = [
      examplePolicy('a', ['secondary']),
      examplePolicy('b', []),
      examplePolicy('c', ['secondary']),
    ]
    assert.equal(grouped(policies), 'a 0, b 1, c 0, default -')
    assert.equal(classesOf(policies).all.length, 2)
  })

  test('are none for what the default policy carries anyway', () => {
    assert.equal(grouped([examplePolicy('a', both)]), 'a -, default -')
    assert.equal(grouped([examplePolicy('a', both.toReversed())]), 'a 0, default -')
  })

  test('keep apart who may go over the cap, is balanced, or was chosen by hand', () => {
    const policies = [
      examplePolicy('a', both),
      { ...examplePolicy('b', both), overCap: true },
      { ...examplePolicy('c', both), balance: true },
      examplePolicy('d', both),
    ]
    const chosen = new Map([['d', 'secondary']])
    assert.equal(grouped(policies, { decision: { chosen } }), 'a -, b 0, c 1, d 2, default -')
  })

  test('keep apart whose running flows return at once, and only these', () => {
    const policies = [
      { ...examplePolicy('a', both), failback: 'immediate' as const },
      { ...examplePolicy('b', both), failback: 'graceful' as const },
    ]
    assert.equal(grouped(policies), 'a 0, b -, default -')
    const { of, rest } = classesOf(policies)
    assert.deepEqual([of.get('a')?.graceful, rest.graceful], [false, true])
  })

  test('give a balanced default policy a mark of its own', () => {
    const defaultPolicy = { use: both, balance: true }
    assert.equal(grouped([], { defaultPolicy }), 'default 0')
  })

  test('have the same mark whatever is decided, and whichever others there are', () => {
    const one = examplePolicy('a', ['secondary'])
    const mark = (policies: readonly PolicySettings[], decision: Partial<Decision> = {}) =>
      classesOf(policies, { decision }).of.get('a')?.mark
    const expected = mark([one])
    assert.ok(expected !== undefined)
    assert.equal(mark([examplePolicy('b', []), one]), expected)
    assert.equal(mark([one], { mode: 'secondary' }), expected)
  })

  test('divide by a test for some devices only where it changes something', () => {
    const policies = [
      examplePolicy('pinned', ['primary']),
      examplePolicy('free', both.toReversed()),
    ]
    const tested = new Map(
      ['pinned', 'free', 'default'].map((name) => [
        name,
        bothFamilies({ wan: 'secondary', reason: 'test' }),
      ]),
    )
    const { of, all } = classesOf(policies, { decision: { tested } })
    assert.equal(of.get('pinned')?.tested, null)
    assert.equal(of.get('free')?.tested?.carriers.ipv4.wan, 'secondary')
    assert.equal(of.get('default')?.tested?.carriers.ipv4.wan, 'secondary')
    assert.equal(new Set(all.map(({ mark }) => mark)).size, all.length)
  })

  test('have different marks up to the last one there is, and are refused beyond', () => {
    const wans = ['a', 'b', 'c', 'd', 'e', 'f']
    const uses = wans.flatMap((x) => wans.flatMap((y) => wans.map((z) => [x, y, z])))
    const many = uses.map((use, i) => examplePolicy(`p${i}`, use))
    const marks = classesOf(many).all.map(({ mark }) => mark)
    assert.equal(new Set(marks).size, many.length)
    const extra = Array.from({ length: maxUses }, (_, i) => examplePolicy(`q${i}`, [`wan${i}`]))
    assert.throws(() => classesOf([...many, ...extra]), /no mark is left/)
  })

  test('of a detour avoid the marks in use, and have one for everybody', () => {
    const settings = exampleSettings({ policies: [examplePolicy('a', ['secondary'])] })
    const taken = new Set(trafficClasses(settings, decided(settings)).all.map(({ use }) => use))
    const { of, all } = trafficClasses(settings, decided(settings), taken)
    assert.ok(all.every(({ use }) => !taken.has(use)))
    assert.notEqual(of.get('default'), null)
    assert.equal(all.length, 2)
  })
})
