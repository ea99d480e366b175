/**
 * The one retained message by which Home Assistant learns of our device and all its entities
 * (MQTT device discovery). Component ids, unique ids and entity ids are public and stable: users'
 * dashboards and automations hold on to them. Pure.
 *
 * Home Assistant's rules that this leans on: a template that renders `None` (as a JSON null does)
 * makes every kind of sensor unknown; a key that a platform doesn't know is dropped silently.
 */
import {
  type EntityOptions,
  type Platform,
  policyComponents,
  wanComponents,
  wholeComponents,
} from './entities.ts'
import type { Names, Topics } from './topics.ts'

export interface DiscoveryMessage {
  readonly device: Readonly<Record<string, unknown>>
  readonly origin: Readonly<Record<string, unknown>>
  readonly availability: readonly { readonly topic: string }[]
  readonly qos: 1
  readonly components: Readonly<Record<string, Component>>
}

interface Component extends EntityOptions {
  readonly platform: Platform
  readonly unique_id: string
  readonly default_entity_id: string
}

export function discoveryTopic(prefix: string, baseTopic: string): string {
  return `${prefix}/device/${deviceId(baseTopic)}/config`
}

/**
 * `wan_failover` as the base topic is by default. It follows the base topic, so that the two boxes
 * of a mirrored pair can share one broker. Lower case, for it begins the entity ids too.
 */
export function deviceId(baseTopic: string): string {
  return baseTopic.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')
}

export function discoveryMessage(topics: Topics, names: Names, version: string): DiscoveryMessage {
  const id = deviceId(topics.base)
  const entities = [
    ...wholeComponents(topics, names),
    ...names.wans.flatMap((wan) => wanComponents(topics, wan.name)),
    ...names.policies.flatMap((policy) => policyComponents(topics, names, policy)),
  ]
  const components: Record<string, Component> = {}
  for (const { key, objectId, platform, ...rest } of entities) {
    components[key] = {
      platform,
      unique_id: `${id}_${key}`,
      default_entity_id: `${platform}.${id}_${objectId}`,
      ...rest,
    }
  }
  return {
    device: {
      identifiers: [id],
      name: id === 'wan_failover' ? 'WAN Failover' : `WAN Failover (${topics.base})`,
      manufacturer: 'WAN Failover',
      model: 'WAN failover router',
      sw_version: version,
    },
    origin: { name: 'WAN Failover', sw_version: version },
    // At the root: no entity turns unavailable because its WAN is down, that is what it is to say.
    availability: [{ topic: topics.status }],
    qos: 1,
    components,
  }
}
