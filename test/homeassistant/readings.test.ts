import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entitiesOf } from '../../src/homeassistant/entities.ts'
import { stateMessages } from '../../src/homeassistant/mqtt/state-messages.ts'
import { topicsBelow } from '../../src/homeassistant/mqtt/topics.ts'
import type { Reading } from '../../src/homeassistant/readings.ts'
import type { HealthState } from '../../src/model/health.ts'
import type { Snapshot } from '../../src/model/published/snapshot.ts'
import {
  examplePair,
  exampleSnapshot,
  exampleWanSnapshot,
  twoWans,
} from '../examples/example-snapshot.ts'

const topics = topicsBelow('wan_failover')
const states: readonly HealthState[] = ['unknown', 'up', 'degraded', 'down', 'disabled']

const inPair = { ...twoWans, pair: { role: 'first' } } as const

const snapshots: readonly Snapshot[] = [
  exampleSnapshot({ pair: examplePair() }),
  exampleSnapshot({ pair: examplePair({ state: 'apart', since: null }) }),
  ...states.map((state) =>
    exampleSnapshot({
      wans: { primary: exampleWanSnapshot({ state }), secondary: exampleWanSnapshot() },
    }),
  ),
  ...(['unknown', 'down'] as const).map((state) =>
    exampleSnapshot({ names: { state, reason: 'it gives no answer' }, resolvers: {} }),
  ),
  exampleSnapshot({
    active: null,
    problems: ['primary is down: no target answers'],
    policies: {},
    test_failover: { on: true, until: '2026-11-21T10:10:00.000Z' },
    wans: {
      primary: exampleWanSnapshot({ latency_ms: null, public_ip: '198.51.100.7', gateway: null }),
      secondary: exampleWanSnapshot({ loss_percent: 100, rx_bytes: null }),
    },
  }),
]

/**
 * What Jinja makes of the few forms that our templates have, in Python's sense of truth: enough to
 * hold the two halves of a reading against each other. A form that it doesn't know throws.
 */
function rendered(expression: string, message: unknown): unknown {
  const choice = /^(.+?) if (.+?) else (.+)$/.exec(expression)
  if (choice !== null) {
    const [, then = '', condition = '', otherwise = ''] = choice
    return rendered(holds(condition, message) ? then : otherwise, message)
  }
  const fallback = /^(.+) or (.+)$/.exec(expression)
  if (fallback !== null) {
    const [, value = '', otherwise = ''] = fallback
    return rendered(value, message) || rendered(otherwise, message)
  }
  const text = /^'([^']*)'$/.exec(expression)
  if (text !== null) return text[1] === 'None' ? null : text[1]
  const path = /^value_json((?:\.\w+)*)((?:\.get\('\w+'(?:, \{\})?\))*)$/.exec(expression)
  assert.ok(path, `a template of an unknown form: ${expression}`)
  const names = [...(path[1] ?? '').matchAll(/\w+/g), ...(path[2] ?? '').matchAll(/'(\w+)'/g)]
  let value: unknown = message
  for (const [whole, name = whole] of names.filter(([name]) => name !== 'get')) {
    value = (value as Record<string, unknown> | undefined)?.[name]
  }
  return value ?? null
}

function holds(condition: string, message: unknown): boolean {
  const comparison = /^(\S+) (in|==|!=) (.+)$/.exec(condition)
  if (comparison === null) {
    const value = rendered(condition, message)
    return Array.isArray(value) ? value.length > 0 : Boolean(value)
  }
  const [, left = '', operator, right = ''] = comparison
  const among = [...right.matchAll(/'(\w+)'/g)].map(([, word]) => word)
  return among.includes(String(rendered(left, message))) === (operator !== '!=')
}

test('every reading gives for the API what its template gives over MQTT', () => {
  let compared = 0
  for (const snapshot of snapshots) {
    const messages = stateMessages(snapshot, topics, twoWans)
    const agree = (reading: Reading, topic: string | undefined) => {
      const payload = messages.get(topic ?? '')?.payload
      assert.ok(payload !== undefined, `nothing is published on ${topic}`)
      const overMqtt = rendered(reading.expression, JSON.parse(payload))
      assert.deepEqual(reading.of(snapshot), overMqtt, reading.expression)
      compared += 1
    }
    for (const entity of entitiesOf(topics, inPair)) {
      if (entity.reading !== undefined) agree(entity.reading, entity.state_topic)
      for (const reading of Object.values(entity.attributeReadings ?? {})) {
        agree(reading, entity.json_attributes_topic)
      }
    }
  }
  assert.ok(compared > 100)
})

test('a tunnel has a sensor of the line that carries it, the same over MQTT and by the API', () => {
  const over = ['primary', 'secondary']
  const names = { ...twoWans, wans: [...twoWans.wans, { name: 'home_ip', tunnel: { over } }] }
  const entity = entitiesOf(topics, names).find(({ objectId }) => objectId === 'home_ip_line')
  assert.deepEqual(entity?.options, ['primary', 'secondary', 'none'])
  const shown = (tunnels: Snapshot['tunnels']) => {
    const snapshot = exampleSnapshot({ tunnels })
    const payload = stateMessages(snapshot, topics, names).get(topics.state)?.payload ?? '{}'
    const read = { state: entity?.reading, ...entity?.attributeReadings }
    return Object.values(read).map((reading) => {
      const value = reading?.of(snapshot)
      assert.deepEqual(rendered(reading?.expression ?? '', JSON.parse(payload)), value)
      return value
    })
  }
  const tunnel = {
    ...{ line: 'primary', reason: 'it is the first', over, endpoint: 'x:1' },
    ...{ public_key: null, handshake_at: null },
  }
  assert.deepEqual(shown({ home_ip: tunnel }), ['primary', 'none', 'it is the first'])
  assert.deepEqual(shown({ home_ip: { ...tunnel, second: 'secondary' } })[1], 'secondary')
  assert.deepEqual(shown({ home_ip: { ...tunnel, line: null } })[0], 'none')
  assert.deepEqual(shown({}), ['none', 'none', ''])
})
