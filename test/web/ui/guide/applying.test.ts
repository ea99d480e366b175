import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SetupWan } from '../../../../src/model/published/setup.ts'
import {
  type Applying,
  canLeaveOut,
  type Heard,
  nextApplying,
  without,
} from '../../../../src/web/ui/guide/applying.ts'
import { setup, setupWan } from '../scenario-parts.ts'

const until = '2026-11-28T12:01:00.000Z'
const starting: Applying = { kind: 'starting', names: ['fibre', 'lte'], sinceMs: 0 }
const asking: Applying = { kind: 'confirm', until }
const confirmed: Applying = { kind: 'confirmed' }
const putBack: Applying = { kind: 'put_back', reason: 'nobody answered' }

const [fibre, lte] = [setupWan('fibre', 0), setupWan('lte', 1)]
const put_back = { at: until, reason: 'nobody answered' }

function heard(
  page: Partial<NonNullable<Heard['page']>> | null,
  wans: readonly SetupWan[] | null = [fibre, lte],
): Heard {
  return {
    page: page === null ? null : { confirm_until: until, put_back: null, ...page },
    setup: wans === null ? null : setup({ wans }),
  }
}

const cases: readonly (readonly [string, Applying, Heard, Applying])[] = [
  ['nobody answers while it begins anew', starting, heard(null, null), starting],
  ['the old daemon still answers', starting, heard({}, []), starting],
  ['another order is not yet what was wanted', starting, heard({}, [lte, fibre]), starting],
  ['it runs, so the user is asked', starting, heard({}), asking],
  ['nothing has to be confirmed', starting, heard({ confirm_until: null }), confirmed],
  ['it was put back while it began', starting, heard({ put_back }), putBack],
  ['the user has not answered yet', asking, heard({}), asking],
  ['somebody answered on another page', asking, heard({ confirm_until: null }), confirmed],
  ['nobody answered in time', asking, heard({ confirm_until: null, put_back }), putBack],
]

for (const [name, before, what, after] of cases) {
  test(name, () => assert.deepEqual(nextApplying(before, what), after))
}

test('only what the guide does not ask for itself can be left out', () => {
  const problem = (path: string) => ({ path, found: '', right: '', text: '' })
  const wrong = [problem('policies[0].use[0]'), problem('log_level')]
  assert.equal(canLeaveOut(wrong), true)
  assert.equal(canLeaveOut([...wrong, problem('wans[1].name')]), false)
  assert.equal(canLeaveOut([]), false)
  const options = { wans: [], policies: [{}], log_level: 'loud', notify: [] }
  assert.deepEqual(without(options, wrong), { wans: [], notify: [] })
})
