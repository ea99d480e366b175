import assert from 'node:assert/strict'
import { test } from 'node:test'
import { desiredState } from '../../src/network/desired-state.ts'
import { standingRescues } from '../../src/network/nft/standing-rescues.ts'
import { explainCases } from '../../src/report/explain.ts'
import { plan, planText } from '../../src/report/plan.ts'
import { oneSubnet } from '../examples/example-host.ts'
import { exampleSettings } from '../examples/example-settings.ts'
import { wantedOn } from '../examples/wanted-on.ts'

/** As nft lists a table in which a rescue stands. */
const nft = 'table inet wan_failover {\n\tchain rescued.secondary.192_168_0_1.8_8_8_8 {\n\t}\n}\n'
const wanted = wantedOn({ ...oneSubnet, nft }, exampleSettings(), 'secondary')
const sentence = '192.168.0.1 is silent: queries for names to it go to 8.8.8.8 by secondary'

test('`explain` says what becomes of queries, for each line that may be used then', () => {
  const question = { family: 'ipv4', from: '192.168.0.50' } as const
  const cases = explainCases(wanted, { ...question, to: '192.168.0.1' })
  const told = cases.map(({ when, reason }) => [when, reason.includes(sentence)])
  assert.deepEqual(told, [
    ['now', true],
    ['if primary were down', true],
    ['if secondary were down', false],
  ])
  for (const { reason } of explainCases(wanted, { ...question, to: '9.9.9.9' })) {
    assert.doesNotMatch(reason, /queries/)
  }
})

test('`plan` shows a rescue that stands', () => {
  const live = { ...wanted, rescues: standingRescues(wanted.host) }
  assert.match(planText(plan(desiredState(live), live)), new RegExp(`^# ${sentence}$`, 'm'))
  assert.doesNotMatch(planText(plan(desiredState(wanted), wanted)), /queries for names/)
})
