import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolverViews } from '../../../../src/web/ui/cards/resolver-views.ts'
import { de } from '../../../../src/web/ui/texts/de.ts'
import { en } from '../../../../src/web/ui/texts/en.ts'

const reason = "it gives no answer; it is primary's router"

test('each DNS server has a row that says how it is, and on which line it hangs', () => {
  const resolvers = {
    '192.168.0.1': { state: 'down', via: 'primary', rescued: false, reason },
    '10.0.0.1': { state: 'down', via: 'primary', rescued: true, reason },
    '9.9.9.9': { state: 'up', via: null, rescued: false, reason: 'it answers' },
  } as const
  assert.deepEqual(
    resolverViews({ resolvers }, en).map(({ address, state, tone, via }) => [
      ...[address, state, tone, via],
    ]),
    [
      ['192.168.0.1', 'gives no answer', 'bad', 'primary'],
      ['10.0.0.1', 'another one answers', 'notice', 'primary'],
      ['9.9.9.9', 'answers', 'good', null],
    ],
  )
  assert.equal(resolverViews({ resolvers }, de)[1]?.state, 'ein anderer antwortet')
})

test('a machine that is told no DNS server has no row', () => {
  assert.deepEqual(resolverViews({ resolvers: {} }, en), [])
})
