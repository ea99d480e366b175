/** The entities of the device: of the whole, of each WAN, of each policy. Pure. */
import { eventTypes } from '../model/snapshot.ts'
import { automatic, type Names, selectablePolicies, type Topics } from './topics.ts'

export type Platform = 'binary_sensor' | 'sensor' | 'switch' | 'select' | 'button' | 'event'

/** Keys of Home Assistant's MQTT platforms, spelt as there: one misspelt is dropped silently. */
export interface EntityOptions {
  readonly name: string
  readonly state_topic?: string
  readonly command_topic?: string
  readonly value_template?: string
  readonly json_attributes_topic?: string
  readonly json_attributes_template?: string
  readonly device_class?: string
  readonly options?: readonly string[]
  readonly event_types?: readonly string[]
  readonly unit_of_measurement?: string
  readonly state_class?: 'measurement' | 'total_increasing'
  readonly suggested_display_precision?: number
  readonly entity_category?: 'diagnostic'
  readonly icon?: string
}

/** A component before its ids are spelt out. */
export interface Entity extends EntityOptions {
  /** The component's id: never changes for the same thing. */
  readonly key: string
  /** The entity id behind the device's prefix. */
  readonly objectId: string
  readonly platform: Platform
}

export function wholeComponents(topics: Topics, names: Names): readonly Entity[] {
  const change: Entity = {
    key: 'wan_change',
    objectId: 'wan_change',
    platform: 'event',
    name: 'WAN change',
    state_topic: topics.event,
    event_types: [...eventTypes],
    icon: 'mdi:swap-horizontal',
  }
  const problem: Entity = {
    key: 'problem',
    objectId: 'problem',
    platform: 'binary_sensor',
    name: 'Problem',
    state_topic: topics.state,
    value_template: "{{ 'ON' if value_json.problems else 'OFF' }}",
    ...attributes(topics.state, { problems: 'value_json.problems' }),
    device_class: 'problem',
    entity_category: 'diagnostic',
  }
  // With no WAN the daemon only observes: there is nothing to choose, test or fail back to.
  if (names.wans.length === 0) return [change, problem]
  return [activeWan(topics, names), change, ...controls(topics, names), problem]
}

function activeWan(topics: Topics, names: Names): Entity {
  return {
    key: 'active_wan',
    objectId: 'active_wan',
    platform: 'sensor',
    name: 'Active WAN',
    state_topic: topics.state,
    value_template: '{{ value_json.active }}',
    ...attributes(topics.state, { reason: decided('default', 'reason') }),
    device_class: 'enum',
    options: names.wans.map((wan) => wan.name),
    icon: 'mdi:wan',
  }
}

function controls(topics: Topics, names: Names): readonly Entity[] {
  return [
    {
      key: 'test_failover',
      objectId: 'test_failover',
      platform: 'switch',
      name: 'Test failover',
      state_topic: topics.testFailoverState,
      command_topic: topics.testFailoverSet,
      ...attributes(topics.state, { until: 'value_json.test_failover.until' }),
      icon: 'mdi:test-tube',
    },
    {
      key: 'mode',
      objectId: 'mode',
      platform: 'select',
      name: 'Mode',
      state_topic: topics.modeState,
      command_topic: topics.modeSet,
      options: [automatic, ...names.wans.map((wan) => wan.name)],
      icon: 'mdi:routes',
    },
    {
      key: 'fail_back',
      objectId: 'fail_back_now',
      platform: 'button',
      name: 'Fail back now',
      command_topic: topics.failBackSet,
      icon: 'mdi:undo-variant',
    },
  ]
}

export function wanComponents(topics: Topics, wan: string): readonly Entity[] {
  const of = (
    key: string,
    name: string,
    rest: { readonly platform: Platform } & Omit<EntityOptions, 'name'>,
  ): Entity => ({
    key: `wan_${wan}_${key}`,
    objectId: `${wan}_${key}`,
    name: `${label(wan)} ${name}`,
    state_topic: topics.wanState(wan),
    ...rest,
  })
  return [
    of('connectivity', 'connectivity', {
      platform: 'binary_sensor',
      // Neither `unknown` nor `disabled` says that the line is dead.
      value_template:
        "{{ 'ON' if value_json.state in ['up', 'degraded'] " +
        "else 'OFF' if value_json.state == 'down' else 'None' }}",
      device_class: 'connectivity',
    }),
    of('state', 'state', {
      platform: 'sensor',
      // Home Assistant has an unknown of its own, which history and automations understand.
      value_template: "{{ value_json.state if value_json.state != 'unknown' else 'None' }}",
      ...attributes(topics.wanState(wan), {
        reason: 'value_json.reason',
        since: 'value_json.since',
        gateway: 'value_json.gateway',
        interface: 'value_json.interface',
      }),
      device_class: 'enum',
      options: ['up', 'degraded', 'down', 'disabled'],
      icon: 'mdi:heart-pulse',
    }),
    of('latency', 'latency', duration('latency_ms')),
    of('jitter', 'jitter', duration('jitter_ms')),
    of('loss', 'loss', {
      platform: 'sensor',
      value_template: '{{ value_json.loss_percent }}',
      unit_of_measurement: '%',
      state_class: 'measurement',
      suggested_display_precision: 1,
      entity_category: 'diagnostic',
      icon: 'mdi:package-variant-remove',
    }),
    of('public_address', 'public address', {
      platform: 'sensor',
      value_template: '{{ value_json.public_ip }}',
      entity_category: 'diagnostic',
      icon: 'mdi:ip-network',
    }),
    of('received', 'received', bytes('rx_bytes')),
    of('sent', 'sent', bytes('tx_bytes')),
  ]
}

export function policyComponents(
  topics: Topics,
  names: Names,
  policy: Names['policies'][number],
): readonly Entity[] {
  const sensor: Entity = {
    key: `policy_${policy.name}_wan`,
    objectId: `policy_${policy.name}_wan`,
    platform: 'sensor',
    name: `Policy ${label(policy.name)} WAN`,
    state_topic: topics.state,
    // A policy without a way out is a fact, not something unknown.
    value_template: `{{ ${decided(policy.name, 'wan')} or 'none' }}`,
    ...attributes(topics.state, { reason: decided(policy.name, 'reason') }),
    device_class: 'enum',
    options: [...names.wans.map((wan) => wan.name), 'none'],
    icon: 'mdi:directions-fork',
  }
  if (!selectablePolicies(names).includes(policy)) return [sensor]
  return [
    sensor,
    {
      key: `policy_${policy.name}_override`,
      objectId: `policy_${policy.name}_override`,
      platform: 'select',
      name: `Policy ${label(policy.name)} override`,
      state_topic: topics.policyState(policy.name),
      command_topic: topics.policySet(policy.name),
      options: [automatic, ...policy.use],
      icon: 'mdi:routes',
    },
  ]
}

/**
 * By `get`: a policy may be named `items` or `keys`, which Python's dictionaries have too, and the
 * entity of one that was removed meets a last state without it before Home Assistant drops it.
 */
function decided(policy: string, field: 'wan' | 'reason'): string {
  return `value_json.policies.get('${policy}', {}).get('${field}')`
}

function duration(field: string) {
  return {
    platform: 'sensor',
    value_template: `{{ value_json.${field} }}`,
    device_class: 'duration',
    unit_of_measurement: 'ms',
    state_class: 'measurement',
    suggested_display_precision: 1,
    entity_category: 'diagnostic',
  } as const
}

function bytes(field: string) {
  return {
    platform: 'sensor',
    value_template: `{{ value_json.${field} }}`,
    device_class: 'data_size',
    unit_of_measurement: 'B',
    state_class: 'total_increasing',
    suggested_display_precision: 0,
    entity_category: 'diagnostic',
  } as const
}

function attributes(topic: string, values: Readonly<Record<string, string>>) {
  const pairs = Object.entries(values).map(([name, expression]) => `'${name}': ${expression}`)
  return {
    json_attributes_topic: topic,
    json_attributes_template: `{{ {${pairs.join(', ')}} | to_json }}`,
  }
}

/** `kids_tablet` → `Kids tablet`. */
function label(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
