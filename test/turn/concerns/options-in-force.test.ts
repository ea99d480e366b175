import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setupText } from '../../../src/homeassistant/core/setup-text.ts'
import { OptionsInForce } from '../../../src/turn/concerns/options-in-force.ts'
import { otherProblems } from '../../../src/web/ui/cards/summary.ts'
import { exampleSnapshot } from '../../examples/example-snapshot.ts'

const reason = 'with the new options this host no longer reached the Supervisor'
const problem = `the options that stand there are not in force until they change: ${reason}`
const taken_back = { at: '2026-11-28T12:00:00.000Z', reason }

for (const [in_force, since] of [
  ['earlier', '2026-11-21T10:00:00.000Z'],
  ['none', null],
] as const) {
  test(`options that were taken back are told, not called wrong, with ${in_force} in force`, () => {
    const notice = { in_force, since, problems: [problem], taken_back }
    const concern = new OptionsInForce(notice)
    const { options } = concern.figures()
    const problems = concern.problems()
    assert.equal(problems.at(-1), problem)
    assert.equal(
      problems.some((one) => /wrong/.test(one)),
      false,
    )
    const observing = in_force === 'none' ? ['observing only: the options were taken back'] : []
    const snapshot = exampleSnapshot({
      problems: [...observing, ...problems],
      ...(options === undefined ? {} : { options }),
    })
    const text = setupText(snapshot)
    assert.equal(text?.title, 'WAN Failover: the options were taken back')
    assert.ok(text.message.includes(reason))
    // The page has a card for it.
    assert.deepEqual(otherProblems(snapshot), [])
  })
}
