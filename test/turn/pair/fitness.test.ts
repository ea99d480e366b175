import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HealthState, WanHealths } from '../../../src/model/health.ts'
import { hungPenalty } from '../../../src/network/pair/keepalived-config.ts'
import { type Fitness, fitnessOf, priorityOf } from '../../../src/turn/pair/fitness.ts'
import { exampleHealth } from '../../examples/example-health.ts'

function healthsOf(states: readonly HealthState[]): WanHealths {
  return new Map(states.map((state, index) => [`wan${index}`, exampleHealth(state)]))
}

const usual = { isResting: false, hasStood: true, ranMs: 5_000, before: 'beginning' } as const

const table: readonly (readonly [string, readonly HealthState[], object, Fitness])[] = [
  ['every WAN is up', ['up', 'up'], {}, 'ready'],
  ['one is up and one is down', ['down', 'degraded'], {}, 'ready'],
  ['all are down', ['down', 'down'], {}, 'without_internet'],
  ['one is not judged', ['up', 'unknown'], {}, 'beginning'],
  ['one is not judged for long', ['up', 'unknown'], { ranMs: 20_000 }, 'ready'],
  ['one is not judged any more', ['up', 'unknown'], { before: 'ready' }, 'ready'],
  ['none is judged', ['unknown', 'unknown'], { ranMs: 60_000 }, 'beginning'],
  ['one is down and one is not judged', ['down', 'unknown'], {}, 'beginning'],
  ['its rules have never stood', ['up', 'up'], { hasStood: false, ranMs: 60_000 }, 'beginning'],
  ['it was asked to rest', ['up', 'up'], { isResting: true }, 'resting'],
  ['a line lives again', ['up', 'down'], { before: 'without_internet' }, 'ready'],
]

for (const [what, states, changes, expected] of table) {
  test(`a box is ${expected} where ${what}`, () => {
    assert.equal(fitnessOf({ ...usual, ...changes, healths: healthsOf(states) }), expected)
  })
}

describe('the priority', () => {
  const of = (fitness: Fitness, role: 'first' | 'second', isServing = false) =>
    priorityOf(fitness, { role, isServing })

  test('puts the fitter box before the other, whatever their roles', () => {
    const order: readonly Fitness[] = ['ready', 'beginning', 'without_internet', 'resting']
    for (const [index, fitness] of order.slice(0, -1).entries()) {
      const worse = order[index + 1] as Fitness
      assert.ok(of(fitness, 'second') > of(worse, 'first', true), `${fitness} before ${worse}`)
    }
  })

  test('of two that are well is higher on the first', () => {
    assert.ok(of('ready', 'first') > of('ready', 'second', true))
  })

  test('of two without Internet is higher on the one that serves, which then stays', () => {
    assert.ok(of('without_internet', 'second', true) > of('without_internet', 'first'))
    assert.equal(of('without_internet', 'second'), of('without_internet', 'first'))
  })

  test('of a box that hangs is below one that begins and above one without Internet', () => {
    const hung = of('ready', 'first', true) + hungPenalty
    assert.ok(hung < of('beginning', 'second'))
    assert.ok(hung > of('without_internet', 'first', true))
  })
})
