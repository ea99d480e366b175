import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standingDecision } from '../../src/turn/standing-decision.ts'
import { exampleDecision } from '../examples/example-decision.ts'

const before = exampleDecision('primary')
const decision = exampleDecision('secondary', { mode: 'secondary' })

test('a family that the kernel does not follow in is told to be where it was', () => {
  const told = (ipv4: boolean, ipv6: boolean) => {
    const { mode, policies } = standingDecision(decision, before, { ipv4, ipv6 })
    const both = policies.get('default')
    return [mode, both?.ipv4.wan, both?.ipv6.wan]
  }
  assert.deepEqual(told(true, true), ['secondary', 'secondary', 'secondary'])
  assert.deepEqual(told(true, false), ['secondary', 'secondary', 'primary'])
  assert.deepEqual(told(false, true), ['secondary', 'primary', 'secondary'])
  assert.deepEqual(told(false, false), ['secondary', 'primary', 'primary'])
})

test('what stands whole is the very same value', () => {
  assert.equal(standingDecision(decision, before, { ipv4: true, ipv6: true }), decision)
})
