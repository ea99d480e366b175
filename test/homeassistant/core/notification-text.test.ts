import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  noOutages,
  notificationOf,
  remember,
  withTime,
} from '../../../src/homeassistant/core/notification-text.ts'
import { type ChangeEvent, eventTypes } from '../../../src/model/published/snapshot.ts'
import { exampleEvent } from '../../examples/example-snapshot.ts'

const startMs = Date.parse(exampleEvent.at)

function event(changes: Partial<ChangeEvent>, atSeconds = 0): ChangeEvent {
  return { ...exampleEvent, ...changes, at: new Date(startMs + atSeconds * 1_000).toISOString() }
}

/** What the last of them says, all the others being remembered. */
function saidOf(...events: readonly ChangeEvent[]): string {
  const outages = events.slice(0, -1).reduce(remember, noOutages)
  const last = events.at(-1)
  const said = last === undefined ? null : notificationOf(last, outages)
  return said === null ? 'nothing' : `${said.title} | ${said.text}`
}

const back = { event_type: 'failback', from: 'secondary', to: 'primary' } as const
const quick = { detect_ms: null, switch_ms: null }

describe('a notification', () => {
  test('says between which WANs traffic moved, why, and how fast', () => {
    assert.equal(
      saidOf(exampleEvent),
      'Internet now on secondary | Moved from primary to secondary: no target answers. ' +
        'Noticed in 900 ms, switched in 4 ms.',
    )
  })

  test('leaves out times that nobody measured', () => {
    assert.equal(
      saidOf(event(quick)),
      'Internet now on secondary | Moved from primary to secondary: no target answers.',
    )
    assert.match(saidOf(event({ detect_ms: null })), / Switched in 4 ms\.$/)
  })

  const durations: readonly (readonly [number, string])[] = [
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [200, '3 min 20 s'],
    [3_600, '1 h'],
    [7_265, '2 h 1 min'],
    [100_000, '1 d 3 h'],
  ]
  for (const [seconds, words] of durations) {
    test(`of a failback after ${seconds} s says ${words}`, () => {
      const said = saidOf(exampleEvent, event({ ...back, ...quick, reason: 'it is up' }, seconds))
      assert.equal(
        said,
        `Internet back on primary | Moved back from secondary to primary after ${words}: it is up.`,
      )
    })
  }

  test('of a failback whose failover an earlier run has seen leaves the duration out', () => {
    assert.match(saidOf(event(back)), /Moved back from secondary to primary: /)
  })

  test('says how long there was no Internet', () => {
    const down = event({ event_type: 'all_down', reason: 'every WAN is down' })
    assert.equal(saidOf(down), 'No Internet | Every WAN is down.')
    const restored = event({ event_type: 'restored', reason: 'primary is healthy' }, 83)
    assert.equal(
      saidOf(down, restored),
      'Internet is back | Every WAN was down for 1 min 23 s; primary is healthy.',
    )
    assert.match(saidOf(down, restored, restored), /Every WAN was down; primary/)
  })

  test('is not worth it for anything else', () => {
    const told = eventTypes.filter((type) => saidOf(event({ event_type: type })) !== 'nothing')
    assert.deepEqual(told, ['failover', 'failback', 'all_down', 'restored'])
  })

  test('says when it was, once that is a while ago, with the day where it was another', () => {
    const at = new Date(2026, 10, 21, 9, 5, 7).toISOString()
    const nowMs = Date.parse(at)
    const table = [0, 29_000, 30_000, 3_600_000, 86_400_000].map((agoMs) =>
      withTime('It moved.', at, nowMs + agoMs),
    )
    assert.deepEqual(table, [
      'It moved.',
      'It moved.',
      '09:05: It moved.',
      '09:05: It moved.',
      '21 Nov, 09:05: It moved.',
    ])
  })
})
