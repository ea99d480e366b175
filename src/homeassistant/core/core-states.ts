/**
 * The entities as states over Home Assistant's API, for a house without a broker: the same entity
 * ids, names, classes and units as over MQTT, sensors and binary sensors only. Pure.
 *
 * A state that is set this way belongs to no integration: it has no unique id, so users can't
 * rename it, put it into an area or disable it; it belongs to no device, and it is gone when Home
 * Assistant restarts. A switch or a select would do nothing, so there is none.
 */
import type { Snapshot } from '../../model/published/snapshot.ts'
import { type Entity, entitiesOf } from '../entities.ts'
import { deviceName, entityId } from '../mqtt/discovery.ts'
import type { Names, Topics } from '../mqtt/topics.ts'
import type { Reading } from '../readings.ts'

/** The body of `POST /api/states/<entity id>`. */
export interface CoreState {
  readonly state: string
  readonly attributes: Readonly<Record<string, unknown>>
}

export interface StateEntity {
  readonly id: string
  /** A measurement, which changes all the time: it may wait for others. */
  readonly isFigure: boolean
  readonly stateIn: (snapshot: Snapshot) => CoreState
}

export function stateEntities(topics: Topics, names: Names): readonly StateEntity[] {
  const device = deviceName(topics)
  return entitiesOf(topics, names).flatMap((entity) => {
    const { platform, reading } = entity
    if (reading === undefined || (platform !== 'sensor' && platform !== 'binary_sensor')) return []
    const still = stillAttributes(entity, device)
    return {
      id: entityId(topics, entity),
      isFigure: entity.state_class !== undefined,
      stateIn: (snapshot: Snapshot) => ({
        state: stateText(reading.of(snapshot), platform),
        attributes: { ...still, ...readAll(entity.attributeReadings ?? {}, snapshot) },
      }),
    }
  })
}

function stillAttributes(entity: Entity, device: string): Readonly<Record<string, unknown>> {
  const { name, device_class, unit_of_measurement, state_class, options, icon } = entity
  const given = { device_class, unit_of_measurement, state_class, options, icon }
  return {
    // As Home Assistant puts it together for an entity of a device.
    friendly_name: `${device} ${name}`,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  }
}

function readAll(readings: Readonly<Record<string, Reading>>, snapshot: Snapshot) {
  return Object.fromEntries(Object.entries(readings).map(([name, { of }]) => [name, of(snapshot)]))
}

/** Home Assistant refuses states beyond 255 characters. */
const maxStateChars = 255

function stateText(value: unknown, platform: 'sensor' | 'binary_sensor'): string {
  if (value === null || value === undefined) return 'unknown'
  const text = String(value)
  return platform === 'binary_sensor' ? text.toLowerCase() : text.slice(0, maxStateChars)
}
