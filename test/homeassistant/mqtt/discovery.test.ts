import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  deviceId,
  discoveryMessage,
  discoveryTopic,
} from '../../../src/homeassistant/mqtt/discovery.ts'
import {
  droppingMessage,
  isOurStateTopic,
  survivingStateTopics,
} from '../../../src/homeassistant/mqtt/stale-entities.ts'
import { stateMessages } from '../../../src/homeassistant/mqtt/state-messages.ts'
import { topicsBelow } from '../../../src/homeassistant/mqtt/topics.ts'
import { baseTopicOf } from '../../../src/model/settings/base-topic.ts'
import {
  examplePair,
  exampleSnapshot,
  exampleWanSnapshot,
  twoWans,
} from '../../examples/example-snapshot.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { two } from '../../options/refused.ts'

const topics = topicsBelow('wan_failover')
const message = discoveryMessage(topics, twoWans, '0.1.0')
const components = Object.values(message.components)

describe('the discovery message', () => {
  test('for two WANs and two policies is this text', (context) => {
    context.assert.snapshot(message)
  })

  test('has three more entities for each box of a pair, and the second belongs to the first', () => {
    const ofBox = (role: 'first' | 'second') => {
      const { mqtt, pair } = settingsOf(`${two}pair: { address: 192.168.0.5/24, role: ${role} }`)
      const base = topicsBelow(baseTopicOf({ mqtt, pair }))
      return discoveryMessage(base, { ...twoWans, pair }, '0.1.0')
    }
    const [first, second] = [ofBox('first'), ofBox('second')]
    const idsOf = ({ components: all }: typeof first) =>
      Object.values(all).map((entity) => entity.default_entity_id)
    assert.deepEqual(idsOf(first).slice(-3), [
      'binary_sensor.wan_failover_serving',
      'sensor.wan_failover_pair_state',
      'switch.wan_failover_rest',
    ])
    assert.equal(idsOf(second).at(-1), 'switch.wan_failover_second_rest')
    assert.equal(first.device['via_device'], undefined)
    assert.equal(second.device['via_device'], 'wan_failover')
    assert.deepEqual(second.device['identifiers'], ['wan_failover_second'])
    assert.deepEqual(
      idsOf(first).filter((id) => idsOf(second).includes(id)),
      [],
    )
  })

  test('tells of a metered WAN what it carried this month, and by whom', () => {
    const [primary, stick] = [{ name: 'primary' }, { name: 'stick', metered: true }]
    const policies = [
      { name: 'work', use: ['stick', 'primary'] },
      { name: 'home', use: ['primary'] },
    ]
    const names = { wans: [primary, stick], policies }
    const entities = Object.values(discoveryMessage(topics, names, '0.1.0').components)
    const ids = entities.map((entity) => entity.default_entity_id)
    const counted = ids.filter((id) => /month|metered/.test(id))
    assert.deepEqual(counted, [
      'sensor.wan_failover_stick_month_bytes',
      'sensor.wan_failover_policy_work_metered_bytes',
    ])
    const { name, state_topic, value_template, ...month } =
      entities[ids.indexOf('sensor.wan_failover_stick_month_bytes')] ?? assert.fail()
    assert.equal(name, 'Stick this month')
    assert.equal(state_topic, 'wan_failover/wan/stick/state')
    assert.equal(value_template, '{{ value_json.month_bytes }}')
    assert.equal(month.device_class, 'data_size')
    assert.equal(month.unit_of_measurement, 'B')
    assert.equal(month.state_class, 'total_increasing')
  })

  test('is addressed by the base topic, so that two boxes can share a broker', () => {
    assert.equal(
      discoveryTopic('homeassistant', 'wan_failover'),
      'homeassistant/device/wan_failover/config',
    )
    assert.equal(deviceId('Attic/wan failover'), 'attic_wan_failover')
  })

  test('gives every entity an id of its own, in the domain of its platform', () => {
    const unique = new Set(components.map((component) => component.unique_id))
    const entityIds = components.map((component) => String(component.default_entity_id))
    assert.equal(unique.size, components.length)
    assert.equal(new Set(entityIds).size, components.length)
    for (const component of components) {
      assert.ok(String(component.default_entity_id).startsWith(`${component.platform}.`))
    }
    for (const promised of [
      'binary_sensor.wan_failover_primary_connectivity',
      'sensor.wan_failover_active_wan',
      'switch.wan_failover_test_failover',
      'select.wan_failover_mode',
      'event.wan_failover_wan_change',
    ]) {
      assert.ok(entityIds.includes(promised), promised)
    }
  })

  test('keeps Home Assistant’s rules for sensors', () => {
    for (const component of components) {
      const id = String(component.default_entity_id)
      if (component.device_class === 'enum') {
        assert.ok((component.options ?? []).length > 0, id)
        assert.equal(component.state_class, undefined, id)
        assert.equal(component.unit_of_measurement, undefined, id)
      }
      if (component.device_class === undefined) assert.match(String(component.icon), /^mdi:/)
      assert.ok(!String(component.name).includes('WAN Failover'), id)
    }
  })

  test('offers nothing to choose where there is no WAN', () => {
    const alone = discoveryMessage(topics, { wans: [], policies: [] }, '0.1.0')
    assert.deepEqual(Object.keys(alone.components), ['wan_change', 'problem', 'name_resolution'])
  })

  test('reads only topics and fields that the published state has', () => {
    const messages = stateMessages(exampleSnapshot(), topics, twoWans)
    for (const component of components) {
      for (const key of ['state_topic', 'json_attributes_topic'] as const) {
        const topic = component[key]
        if (topic === undefined || topic === topics.event) continue
        assert.ok(messages.has(String(topic)), `${component.default_entity_id} ${topic}`)
      }
      const template = String(component.value_template ?? '')
      const field = /value_json\.(\w+)/.exec(template)?.[1]
      if (field === undefined) continue
      const payload = messages.get(String(component.state_topic))?.payload ?? ''
      assert.ok(Object.hasOwn(JSON.parse(payload), field), template)
    }
  })
})

describe('the published state', () => {
  test('is one message a topic, names as they are and switches ON or OFF', () => {
    const snapshot = exampleSnapshot({
      mode: 'secondary',
      test_failover: { on: true, until: '2026-11-21T10:10:00.000Z' },
      policies: {
        kids_tablet: { wan: 'primary', wan6: 'primary', reason: 'chosen by hand', mode: 'primary' },
        default: { wan: 'primary', wan6: 'primary', reason: 'up' },
      },
    })
    const plain = [...stateMessages(snapshot, topics, twoWans)].map(
      ([topic, each]) => `${topic} ${each.payload.slice(0, 12)}`,
    )
    assert.deepEqual(plain, [
      'wan_failover/state {"version":"',
      'wan_failover/wan/primary/state {"state":"up',
      'wan_failover/wan/secondary/state {"state":"up',
      'wan_failover/test_failover/state ON',
      'wan_failover/mode/state secondary',
      'wan_failover/policy/kids_tablet/state primary',
    ])
  })

  test('says of a box of a pair whether it was asked to rest', () => {
    const said = [true, false].map((resting) => {
      const snapshot = exampleSnapshot({ pair: examplePair({ resting }) })
      return stateMessages(snapshot, topics, twoWans).get(topics.restState)?.payload
    })
    assert.deepEqual(said, ['ON', 'OFF'])
    assert.equal(stateMessages(exampleSnapshot(), topics, twoWans).get(topics.restState), undefined)
  })

  test('counts as changed by what it tells, not by when it was written', () => {
    const content = (at: string, latency: number) =>
      [
        ...stateMessages(
          exampleSnapshot({ at, wans: { primary: exampleWanSnapshot({ latency_ms: latency }) } }),
          topics,
          twoWans,
        ).values(),
      ].map((each) => each.content)
    assert.deepEqual(content('a', 1), content('b', 1))
    assert.notDeepEqual(content('a', 1), content('a', 2))
  })
})

describe('what an earlier start left', () => {
  test('is dropped by its platform alone, beside all that stays', () => {
    const earlier = discoveryMessage(
      topics,
      { wans: [{ name: 'primary' }, { name: 'lte' }], policies: [] },
      '0.0.9',
    )
    const dropping = droppingMessage(JSON.stringify(earlier), message)
    const named = Object.entries(dropping?.components ?? {})
    const bare = named.filter(([, component]) => Object.keys(component).length === 1)
    assert.deepEqual(
      bare.map(([id]) => id),
      [
        'connectivity',
        'state',
        'latency',
        'jitter',
        'loss',
        'public_address',
        'received',
        'sent',
      ].map((key) => `wan_lte_${key}`),
    )
    assert.deepEqual(bare[0]?.[1], { platform: 'binary_sensor' })
    assert.equal(named.length, bare.length + components.length)
  })

  test('needs no dropping where nothing is stale or the message is not ours', () => {
    for (const earlier of [JSON.stringify(message), '', '{', '[]', '{"components":{"a":1}}']) {
      assert.equal(droppingMessage(earlier, message), null, earlier)
    }
  })

  test('is looked for below our base topic only', () => {
    assert.deepEqual(survivingStateTopics(topics), [
      'wan_failover/wan/+/state',
      'wan_failover/policy/+/state',
      'wan_failover/rest/state',
    ])
    const ours = ['wan/x/state', 'policy/x/state', 'state', 'status', 'mode/state', 'rest/state']
    for (const topic of ours) assert.ok(isOurStateTopic(`wan_failover/${topic}`, topics), topic)
    const others = ['wan_failover/mode/set', 'wan_failover/wan/x/y/state', 'other/wan/x/state']
    for (const topic of others) assert.ok(!isOurStateTopic(topic, topics), topic)
  })
})
