import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setupText } from '../../../src/homeassistant/core/setup-text.ts'
import { exampleSnapshot } from '../../examples/example-snapshot.ts'

const slip = 'wans[1].gateway: found "192.168.0.300", expected an IPv4 address like 192.168.0.2'

test('nothing is said while all is as the options say, whatever the lines are like', () => {
  assert.equal(setupText(exampleSnapshot({ problems: ['primary is down: no reply'] })), null)
})

test('wrong options are told by their places, and what holds meanwhile', () => {
  const problems = ['observing only: the options are wrong', `wrong option: ${slip}`]
  const options = { in_force: 'none', since: null, problems: [slip] } as const
  assert.deepEqual(setupText(exampleSnapshot({ problems, options })), {
    title: 'WAN Failover: the options are wrong',
    message: `- ${slip}\n\nIt changes nothing on this machine. The page of WAN Failover says more.`,
  })
  const earlier = { ...options, in_force: 'earlier' } as const
  assert.match(
    setupText(exampleSnapshot({ options: earlier }))?.message ?? '',
    /^- wans\[1\].*\n\nUntil they are right, the last right ones stay in force\./,
  )
})

test('a host or one WAN that keeps it from working is told with the reason', () => {
  const problems = ['observing only: the options name no WAN', 'something else']
  assert.deepEqual(setupText(exampleSnapshot({ problems })), {
    title: 'WAN Failover only observes',
    message:
      '- the options name no WAN\n\nIt changes nothing on this machine. ' +
      'The page of WAN Failover says more.',
  })
})

test('of many problems the first are shown, and the others counted', () => {
  const problems = Array.from({ length: 40 }, (_, i) => `policies[${i}].name: found 1`)
  const options = { in_force: 'none', since: null, problems } as const
  const lines = setupText(exampleSnapshot({ options }))?.message.split('\n') ?? []
  assert.equal(lines[14], '- policies[14].name: found 1')
  assert.equal(lines[15], '- and 25 more')
})
