/**
 * The one retained message by which Home Assistant learns of our device and all its entities
 * (MQTT device discovery). Component ids, unique ids and entity ids are public and stable: users'
 * dashboards and automations depend on them. Pure.
 *
 * It relies on two rules of Home Assistant: a template that renders `None` (as a JSON null does)
 * makes every kind of sensor unknown; a platform silently drops a key that it doesn't know.
 */
import { baseTopicOfFirst } from '../../model/settings/base-topic.ts'
import { type Entity, type EntityOptions, entitiesOf, type Platform } from '../entities.ts'
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
 * of a mirrored pair can share one broker. Lower case: it begins the entity ids too.
 */
export function deviceId(baseTopic: string): string {
  return baseTopic.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')
}

export function deviceName({ base }: Topics): string {
  return deviceId(base) === 'wan_failover' ? 'WAN Failover' : `WAN Failover (${base})`
}

/** As `sensor.wan_failover_active_wan`. */
export function entityId({ base }: Topics, { platform, objectId }: Entity): string {
  return `${platform}.${deviceId(base)}_${objectId}`
}

export function discoveryMessage(topics: Topics, names: Names, version: string): DiscoveryMessage {
  const id = deviceId(topics.base)
  const components: Record<string, Component> = {}
  for (const entity of entitiesOf(topics, names)) {
    const { key, objectId: _, platform, reading: __, attributeReadings: ___, ...rest } = entity
    components[key] = {
      platform,
      unique_id: `${id}_${key}`,
      default_entity_id: entityId(topics, entity),
      ...rest,
    }
  }
  return {
    device: {
      identifiers: [id],
      name: deviceName(topics),
      manufacturer: 'WAN Failover',
      model: 'WAN failover router',
      sw_version: version,
      ...(names.pair?.role === 'second'
        ? { via_device: deviceId(baseTopicOfFirst(topics.base)) }
        : {}),
    },
    origin: { name: 'WAN Failover', sw_version: version },
    // At the root: no entity turns unavailable because its WAN is down; it shows just that.
    availability: [{ topic: topics.status }],
    qos: 1,
    components,
  }
}
