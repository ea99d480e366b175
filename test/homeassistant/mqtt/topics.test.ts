import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { RefusedCommands } from '../../../src/homeassistant/mqtt/refused-commands.ts'
import {
  commandTopics,
  type Names,
  parseCommand,
  topicsBelow,
} from '../../../src/homeassistant/mqtt/topics.ts'
import { twoWans } from '../../examples/example-snapshot.ts'

const topics = topicsBelow('wan_failover')

function said(
  topic: string,
  payload: string | Uint8Array,
  retained = false,
  names: Names = twoWans,
): string {
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
  const parsed = parseCommand({ topic, payload: bytes, retained }, topics, names)
  return parsed.kind === 'command' ? JSON.stringify(parsed.command) : `refused: ${parsed.reason}`
}

describe('a command over MQTT', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['test_failover/set', 'ON', '{"kind":"set_test","on":true}'],
    ['test_failover/set', 'OFF', '{"kind":"set_test","on":false}'],
    ['test_failover/set', 'on', 'refused: it says "on" instead of ON, OFF'],
    ['test_failover/set', '', 'refused: it says "" instead of ON, OFF'],
    ['mode/set', 'automatic', '{"kind":"set_mode","mode":"automatic"}'],
    ['mode/set', 'secondary', '{"kind":"set_mode","mode":"secondary"}'],
    ['mode/set', 'third', 'refused: it says "third" instead of automatic, primary, secondary'],
    ['mode/set', 'ON\n', 'refused: it says "ON\\n" instead of automatic, primary, secondary'],
    ['failback/set', 'PRESS', '{"kind":"fail_back"}'],
    ['failback/set', 'ON', 'refused: it says "ON" instead of PRESS'],
    [
      'policy/kids_tablet/set',
      'primary',
      '{"kind":"set_policy","policy":"kids_tablet","wan":"primary"}',
    ],
    [
      'policy/kids_tablet/set',
      'automatic',
      '{"kind":"set_policy","policy":"kids_tablet","wan":"automatic"}',
    ],
    [
      'policy/kids_tablet/set',
      'none',
      'refused: it says "none" instead of automatic, secondary, primary',
    ],
    ['policy/items/set', 'primary', 'refused: this topic takes no commands'],
    ['policy/constructor/set', 'primary', 'refused: this topic takes no commands'],
    ['reboot/set', 'ON', 'refused: this topic takes no commands'],
  ]
  for (const [topic, payload, result] of rows) {
    test(`${topic} with ${JSON.stringify(payload)} gives ${result}`, () => {
      assert.equal(said(`wan_failover/${topic}`, payload), result)
    })
  }

  test('to rest is taken by a box of a pair, and by no other', () => {
    const inPair = { ...twoWans, pair: { role: 'second' } } as const
    assert.equal(said(topics.restSet, 'ON', false, inPair), '{"kind":"set_rest","on":true}')
    assert.equal(said(topics.restSet, 'OFF', false, inPair), '{"kind":"set_rest","on":false}')
    assert.match(said(topics.restSet, 'PRESS', false, inPair), /^refused: it says "PRESS"/)
    assert.equal(said(topics.restSet, 'ON'), 'refused: this topic takes no commands')
    assert.ok(commandTopics(topics, inPair).includes(topics.restSet))
  })

  test('is refused where it is retained, whatever it says', () => {
    assert.equal(
      said(topics.testFailoverSet, 'ON', true),
      'refused: it is retained: publish commands without the retain flag',
    )
  })

  test('is refused over 64 bytes, and the reason does not repeat it', () => {
    assert.equal(
      said(topics.modeSet, 'x'.repeat(65)),
      'refused: it has 65 bytes; a command has at most 64',
    )
  })

  test('is refused where it is no UTF-8, or hides behind a byte order mark', () => {
    assert.equal(said(topics.modeSet, Buffer.from([0xff, 0xfe])), 'refused: it is not UTF-8 text')
    assert.match(said(topics.testFailoverSet, '\ufeffON'), /^refused/)
  })

  test('never throws and is never more than was allowed, whatever arrives', () => {
    const topic = fc.oneof(fc.constantFrom(...commandTopics(topics, twoWans)), fc.string())
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .constantFrom('ON', 'OFF', 'automatic', 'primary', 'secondary', 'PRESS', '__proto__')
        .map((text) => new TextEncoder().encode(text)),
    )
    const allowed = new Set(['ON', 'OFF', 'automatic', 'primary', 'secondary', 'PRESS'])
    let commands = 0
    fc.assert(
      fc.property(topic, payload, fc.boolean(), (name, bytes, retained) => {
        const parsed = parseCommand({ topic: name, payload: bytes, retained }, topics, twoWans)
        if (parsed.kind === 'refused') return parsed.reason.length < 600
        commands += 1
        return !retained && allowed.has(new TextDecoder().decode(bytes))
      }),
      { numRuns: 2_000 },
    )
    assert.ok(commands > 50, 'the generator made commands too')
  })
})

describe('the topics', () => {
  test('are heard on only where something can be commanded', () => {
    assert.deepEqual(commandTopics(topics, twoWans), [
      'wan_failover/test_failover/set',
      'wan_failover/mode/set',
      'wan_failover/failback/set',
      'wan_failover/policy/kids_tablet/set',
    ])
    assert.deepEqual(commandTopics(topics, { wans: [], policies: [] }), [])
  })
})

describe('refused commands', () => {
  test('fill the log with one line a minute, which counts the others', () => {
    const refused = new RefusedCommands()
    const lines = [0, 1, 59_999, 60_000, 60_001].map((nowMs) => refused.line('t', 'why', nowMs))
    assert.deepEqual(lines, [
      'MQTT: refused a message on t: why',
      null,
      null,
      'MQTT: refused a message on t: why; and 2 more since the last line',
      null,
    ])
  })
})
