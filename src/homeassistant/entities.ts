/** The entities of the device: for the whole, for each WAN, for each policy. Pure. */
import { eventTypes, type WanSnapshot } from '../model/published/snapshot.ts'
import { label } from './label.ts'
import {
  automatic,
  meteredWans,
  type Names,
  selectablePolicies,
  type Topics,
} from './mqtt/topics.ts'
import { pairComponents } from './pair-entities.ts'
import {
  active,
  anyProblem,
  attributes,
  connectivity,
  health,
  namesReason,
  namesResolve,
  ofWan,
  policyMeteredBytes,
  policyReason,
  policyWan,
  problems,
  type Reading,
  resolvers,
  shows,
  testUntil,
} from './readings.ts'
import { tunnelComponents } from './tunnel-entities.ts'

export type Platform = 'binary_sensor' | 'sensor' | 'switch' | 'select' | 'button' | 'event'

/** Keys of Home Assistant's MQTT platforms: it silently drops a misspelt one. */
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
  /** The component's id: it never changes for the same thing. */
  readonly key: string
  /** The entity id behind the device's prefix. */
  readonly objectId: string
  readonly platform: Platform
  /** What it shows; left out if the snapshot doesn't contain it. */
  readonly reading?: Reading
  readonly attributeReadings?: Readonly<Record<string, Reading>>
}

/** All that users see and choose: for the whole, then by WAN, then by policy. */
export function entitiesOf(topics: Topics, names: Names): readonly Entity[] {
  return [
    ...wholeComponents(topics, names),
    ...names.wans.flatMap((wan) => wanComponents(topics, wan.name)),
    ...names.policies.flatMap((policy) => policyComponents(topics, names, policy)),
    ...meteredComponents(topics, names),
    ...pairComponents(topics, names),
    ...tunnelComponents(topics, names),
  ]
}

function wholeComponents(topics: Topics, names: Names): readonly Entity[] {
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
    ...shows(anyProblem),
    ...attributes(topics.state, { problems }),
    device_class: 'problem',
    entity_category: 'diagnostic',
  }
  const nameResolution: Entity = {
    key: 'name_resolution',
    objectId: 'name_resolution',
    platform: 'binary_sensor',
    name: 'Name resolution',
    state_topic: topics.state,
    ...shows(namesResolve),
    ...attributes(topics.state, { reason: namesReason, resolvers }),
    device_class: 'connectivity',
    entity_category: 'diagnostic',
  }
  // With no WAN the daemon only observes: there is nothing to choose, test or fail back to.
  if (names.wans.length === 0) return [change, problem, nameResolution]
  return [activeWan(topics, names), change, ...controls(topics, names), problem, nameResolution]
}

function activeWan(topics: Topics, names: Names): Entity {
  return {
    key: 'active_wan',
    objectId: 'active_wan',
    platform: 'sensor',
    name: 'Active WAN',
    state_topic: topics.state,
    ...shows(active),
    ...attributes(topics.state, { reason: policyReason('default') }),
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
      ...attributes(topics.state, { until: testUntil }),
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

function wanComponents(topics: Topics, wan: string): readonly Entity[] {
  const of = (
    key: string,
    name: string,
    rest: Omit<Entity, 'key' | 'objectId' | 'name'>,
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
      ...shows(connectivity(wan)),
      device_class: 'connectivity',
    }),
    of('state', 'state', {
      platform: 'sensor',
      ...shows(health(wan)),
      ...attributes(topics.wanState(wan), {
        reason: ofWan(wan, 'reason'),
        since: ofWan(wan, 'since'),
        gateway: ofWan(wan, 'gateway'),
        interface: ofWan(wan, 'interface'),
      }),
      device_class: 'enum',
      options: ['up', 'degraded', 'down', 'disabled'],
      icon: 'mdi:heart-pulse',
    }),
    of('latency', 'latency', duration(wan, 'latency_ms')),
    of('jitter', 'jitter', duration(wan, 'jitter_ms')),
    of('loss', 'loss', {
      platform: 'sensor',
      ...shows(ofWan(wan, 'loss_percent')),
      unit_of_measurement: '%',
      state_class: 'measurement',
      suggested_display_precision: 1,
      entity_category: 'diagnostic',
      icon: 'mdi:package-variant-remove',
    }),
    of('public_address', 'public address', {
      platform: 'sensor',
      ...shows(ofWan(wan, 'public_ip')),
      entity_category: 'diagnostic',
      icon: 'mdi:ip-network',
    }),
    of('received', 'received', bytes(wan, 'rx_bytes')),
    of('sent', 'sent', bytes(wan, 'tx_bytes')),
  ]
}

function policyComponents(
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
    ...shows(policyWan(policy.name)),
    ...attributes(topics.state, { reason: policyReason(policy.name) }),
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

/** Both start again at zero with the billing month, which `total_increasing` understands. */
function meteredComponents(topics: Topics, names: Names): readonly Entity[] {
  const wans = meteredWans(names).map(({ name }) => name)
  const policies = names.policies.filter(({ use }) => use.some((wan) => wans.includes(wan)))
  return [
    ...wans.map((wan) => ({
      key: `wan_${wan}_month_bytes`,
      objectId: `${wan}_month_bytes`,
      name: `${label(wan)} this month`,
      state_topic: topics.wanState(wan),
      ...bytes(wan, 'month_bytes'),
      ...attributes(topics.wanState(wan), {
        since: ofWan(wan, 'month_since'),
        cap_bytes: ofWan(wan, 'cap_bytes'),
      }),
    })),
    ...policies.map(({ name }) => ({
      key: `policy_${name}_metered_bytes`,
      objectId: `policy_${name}_metered_bytes`,
      name: `Policy ${label(name)} metered bytes this month`,
      state_topic: topics.state,
      ...bytesOf(policyMeteredBytes(name)),
    })),
  ]
}

function duration(wan: string, field: keyof WanSnapshot) {
  return {
    platform: 'sensor',
    ...shows(ofWan(wan, field)),
    device_class: 'duration',
    unit_of_measurement: 'ms',
    state_class: 'measurement',
    suggested_display_precision: 1,
    entity_category: 'diagnostic',
  } as const
}

function bytes(wan: string, field: keyof WanSnapshot) {
  return bytesOf(ofWan(wan, field))
}

function bytesOf(reading: Reading) {
  return {
    platform: 'sensor',
    ...shows(reading),
    device_class: 'data_size',
    unit_of_measurement: 'B',
    state_class: 'total_increasing',
    suggested_display_precision: 0,
    entity_category: 'diagnostic',
  } as const
}
